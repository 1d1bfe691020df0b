import { expect, it } from 'vitest'
import { closeGaps } from './close-gaps.js'

const box = (y: number, height = 100): { x: number; y: number; width: number; height: number } => ({
  x: 0,
  y,
  width: 200,
  height,
})

it('moves rows together that stand far apart, and leaves what stands beside something', () => {
  const places = closeGaps(
    new Map([
      ['top', box(0)],
      ['tall', box(20, 300)],
      ['beside', box(350)],
      ['below', box(900)],
      ['last', box(1005)],
    ]),
  )
  expect([...places].map(([id, { y }]) => [id, y])).toEqual([
    ['top', 0],
    ['tall', 20],
    ['beside', 350],
    ['below', 560],
    ['last', 665],
  ])
})
