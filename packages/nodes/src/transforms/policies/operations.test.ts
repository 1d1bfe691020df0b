import { describe, expect, it } from 'vitest'
import type { FloatImage } from '../../image/image.js'
import { homographyBetween } from '../../image/warp.js'
import { operations } from './operations.js'

const size = 16
const picture = (): FloatImage => ({
  width: size,
  height: size,
  data: Float32Array.from({ length: size * size * 3 }, (_, at) => 40 + ((at * 37) % 151)),
})
const facts = { fill: [10, 20, 30] } as const
const apply = (name: string, strength: number, image = picture()): FloatImage => {
  operations.find((operation) => operation.name === name)?.apply(image, strength, facts)
  return image
}

describe('operations of the policies', () => {
  it.each(operations.filter(({ name }) => !['autoContrast', 'equalise'].includes(name)).map(({ name }) => name))(
    '%s leaves the image alone at strength 0',
    (name) => {
      const { data } = apply(name, 0)
      picture().data.forEach((value, at) => expect(data[at]).toBeCloseTo(value, 3))
    },
  )
  it.each(operations.map(({ name }) => name))('%s stays within the range of bytes', (name) => {
    for (const strength of [-1, -0.3, 0.4, 1])
      for (const value of apply(name, strength).data) expect(value >= 0 && value <= 255.001).toBe(true)
  })
  it('translateX moves the image to the left and fills with the mean colour', () => {
    const moved = apply('translateX', 7 / size)
    expect([...moved.data.subarray(0, 3)]).toEqual([...picture().data.subarray(3, 6)])
    expect([...moved.data.subarray((size - 1) * 3, size * 3)]).toEqual([...facts.fill])
  })
  it('rotate by 90 degrees turns the square', () => {
    const turned = apply('rotate', 90 / 135)
    // Top left comes from a corner next to it.
    const { data } = picture()
    const corners = [
      data.subarray((size - 1) * 3, size * 3),
      data.subarray((size - 1) * size * 3, (size - 1) * size * 3 + 3),
    ]
    const first = [...turned.data.subarray(0, 3)]
    expect(corners.some((corner) => [...corner].every((value, at) => Math.abs(value - (first[at] ?? 0)) < 0.01))).toBe(
      true,
    )
  })
  it('solarise at full strength is the negative, posterise leaves few levels, equalise spreads them', () => {
    apply('solarise', 1).data.forEach((value, at) => expect(value).toBeCloseTo(255 - (picture().data[at] ?? 0), 3))
    expect(new Set(apply('posterise', 1).data).size).toBeLessThanOrEqual(4)
    const { data } = apply('equalise', 1)
    expect(Math.max(...data) - Math.min(...data)).toBeGreaterThan(240)
  })
  it('autoContrast reaches both ends of the range', () => {
    const { data } = apply('autoContrast', 1)
    expect(Math.min(...data)).toBeCloseTo(0, 3)
    expect(Math.max(...data)).toBeCloseTo(255, 3)
  })
})

it('a homography between four points takes each to the other', () => {
  const from = [
    [0, 0],
    [9, 1],
    [8, 9],
    [-1, 7],
  ] as const
  const to = [
    [1, 2],
    [12, 0],
    [10, 13],
    [0, 8],
  ] as const
  const [a, b, c, d, e, f, g, h] = homographyBetween(from, to)
  from.forEach(([x, y], index) => {
    const depth = g * x + h * y + 1
    expect((a * x + b * y + c) / depth).toBeCloseTo(to[index]?.[0] ?? NaN, 6)
    expect((d * x + e * y + f) / depth).toBeCloseTo(to[index]?.[1] ?? NaN, 6)
  })
})
