import { describe, expect, it } from 'vitest'
import { windowMask } from './window-mask.js'

describe('the mask of shifted windows', () => {
  it('keeps apart what only rolling has brought together', () => {
    const mask = windowMask({ size: 4, window: 2, shift: 1 })
    const of = (window: number): number[][] =>
      Array.from({ length: 4 }, (_, row) => [...mask.slice((window * 4 + row) * 4, (window * 4 + row + 1) * 4)])
    expect(mask).toHaveLength(4 * 16)
    expect(of(0)).toEqual([
      [0, 0, 0, 0],
      [0, 0, 0, 0],
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ])
    // The window at the right: its second column was the map's first.
    expect(of(1)).toEqual([
      [0, -100, 0, -100],
      [-100, 0, -100, 0],
      [0, -100, 0, -100],
      [-100, 0, -100, 0],
    ])
    // The corner: four places of four corners.
    expect(of(3)).toEqual([
      [0, -100, -100, -100],
      [-100, 0, -100, -100],
      [-100, -100, 0, -100],
      [-100, -100, -100, 0],
    ])
  })
})
