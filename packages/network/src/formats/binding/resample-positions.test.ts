import { describe, expect, it } from 'vitest'
import { resamplePositions } from './resample-positions.js'

const grid = (side: number, value: (row: number, column: number) => number): number[] =>
  Array.from({ length: side * side }, (_, index) => value(Math.floor(index / side), index % side))

describe('positions for images of another size', () => {
  it('stay where the size does', () => {
    const values = Float32Array.from([7, ...grid(4, (row, column) => row * 4 + column)])
    expect(resamplePositions(values, [4, 4], { before: 1, width: 1 })).toEqual(values)
  })

  it('keep what is before the grid, and what is the same everywhere', () => {
    const values = Float32Array.from([5, 6, ...grid(6, () => 0).flatMap(() => [2, 3])])
    const result = resamplePositions(values, [6, 3], { before: 1, width: 2 })
    expect([...result].map((value) => Number(value.toFixed(5)))).toEqual([
      5,
      6,
      ...grid(3, () => 0).flatMap(() => [2, 3]),
    ])
  })

  // torch.nn.functional.interpolate(torch.sin(torch.arange(16.)).reshape(1, 1, 4, 4), size=(n, n), mode='bicubic', antialias=True)
  it.each([
    [2, [-0.09078, 0.19292, 0.18141, 0.04709]],
    [3, [-0.15529, 0.50508, 0.44733, 0.03438, -0.44966, -0.29438, 0.07219, 0.58178, 0.2642]],
    [
      6,
      [
        ...[
          -0.01009, 0.47646, 1.0261, 1.04566, 0.52307, 0.04927, -0.48336, -0.31018, -0.01182, 0.30868, 0.4534, 0.48897,
        ],
        ...[-0.55134, -0.75532, -0.8668, -0.51194, 0.09014, 0.52527, 0.90036, 0.61031, 0.09117, -0.50496, -0.80994],
        ...[-0.90818, 0.27023, 0.39873, 0.48547, 0.3123, -0.01384, -0.25514, -0.70655, -0.1787, 0.56651, 1.04231],
        ...[0.95489, 0.73697],
      ],
    ],
  ])('are what PyTorch makes of them for %i', (side, expected) => {
    const values = Float32Array.from(grid(4, (row, column) => Math.sin(row * 4 + column)))
    const result = [...resamplePositions(values, [4, side], { before: 0, width: 1 })]
    expect(result).toHaveLength(expected.length)
    result.forEach((value, index) => expect(value).toBeCloseTo(expected[index] ?? NaN, 4))
  })
})
