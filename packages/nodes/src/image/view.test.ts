import { describe, expect, it } from 'vitest'
import type { Preprocessing } from '@graft/network'
import type { Image } from './image.js'
import { cutView, plainPlan } from './view.js'

const preprocessing: Preprocessing = {
  height: 224,
  width: 224,
  resize: 'crop',
  cropFraction: 0.875,
  interpolation: 'bilinear',
  channelOrder: 'rgb',
  mean: [0, 0, 0],
  deviation: [1, 1, 1],
}

/** Smooth colours, so that interpolation errors stay small. */
function gradient(width: number, height: number): Image {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, at) => {
    const [x, y] = [Math.floor(at / 3) % width, Math.floor(at / 3 / width)]
    return [(x / width) * 255, (y / height) * 255, ((x + y) / (width + height)) * 255][at % 3]!
  })
  return { width, height, data }
}

const largestDifference = (left: Image, right: Image): number =>
  left.data.reduce((most, value, at) => Math.max(most, Math.abs(value - right.data[at]!)), 0)
const turned = (
  angle: number,
  overrides: Partial<ReturnType<typeof plainPlan>> = {},
): ReturnType<typeof plainPlan> => ({
  region: { left: 0, top: 0, width: 40, height: 40 },
  mirrorHorizontally: false,
  mirrorVertically: false,
  angle,
  shiftX: 0,
  shiftY: 0,
  otherInterpolation: false,
  ...overrides,
})

describe('the region that preprocessing asks for', () => {
  it('follows torchvision: Resize(256), CenterCrop(224) of a 500x375 photo', () => {
    // Resized to 341x256; the crop starts at round(58.5) = 58 (half to even) and 16.
    const { region } = plainPlan({ width: 500, height: 375 }, preprocessing)
    expect(region.left).toBeCloseTo((58 * 500) / 341, 9)
    expect(region.top).toBeCloseTo((16 * 375) / 256, 9)
    expect(region.width).toBeCloseTo((224 * 500) / 341, 9)
  })
  it('is everything when stretching', () => {
    expect(plainPlan({ width: 50, height: 30 }, { ...preprocessing, resize: 'stretch' }).region).toEqual({
      left: 0,
      top: 0,
      width: 50,
      height: 30,
    })
  })
  it('stays on the image, whatever its shape', () => {
    for (const [width, height] of [
      [1, 1],
      [1, 900],
      [3000, 2],
      [224, 224],
      [333, 257],
    ] as const) {
      const { region } = plainPlan({ width, height }, preprocessing)
      expect(Math.min(region.left, region.top)).toBeGreaterThanOrEqual(0)
      expect(region.left + region.width).toBeLessThanOrEqual(width + 1e-9)
      expect(region.top + region.height).toBeLessThanOrEqual(height + 1e-9)
      expect(
        cutView(gradient(width, height), plainPlan({ width, height }, preprocessing), 32, 32, 'bilinear').data.length,
      ).toBe(32 * 32 * 3)
    }
  })
})

describe('turning and moving', () => {
  const image = gradient(40, 40)
  it('by 180 degrees is the same as mirroring both ways', () => {
    const mirrored = cutView(image, turned(0, { mirrorHorizontally: true, mirrorVertically: true }), 40, 40, 'bilinear')
    expect(largestDifference(cutView(image, turned(180), 40, 40, 'bilinear'), mirrored)).toBeLessThanOrEqual(1)
  })
  it('by 90 degrees brings the left side to the top: clockwise', () => {
    const result = cutView(image, turned(90), 40, 40, 'bilinear')
    // Red grows from left to right in the image, so from top to bottom in the result.
    expect(result.data[(2 * 40 + 20) * 3]).toBeLessThan(30)
    expect(result.data[(37 * 40 + 20) * 3]).toBeGreaterThan(225)
  })
  it('by a shift moves right and down, and mirrors the edge in', () => {
    const result = cutView(image, turned(0, { shiftX: 0.25 }), 40, 40, 'bilinear')
    for (const x of [0, 5, 9]) expect(Math.abs(result.data[x * 3]! - image.data[(9 - x) * 3]!)).toBeLessThanOrEqual(1)
    expect(Math.abs(result.data[30 * 3]! - image.data[20 * 3]!)).toBeLessThanOrEqual(1)
  })
  it('by next to nothing changes next to nothing, mirrored or not, cropped or not', () => {
    for (const overrides of [
      {},
      { mirrorHorizontally: true },
      { region: { left: 7, top: 3, width: 20, height: 30 } },
      { mirrorVertically: true, region: { left: 0, top: 0, width: 13, height: 17 } },
    ]) {
      const straight = cutView(image, turned(0, overrides), 32, 32, 'bilinear')
      expect(
        largestDifference(cutView(image, turned(1e-7, overrides), 32, 32, 'bilinear'), straight),
      ).toBeLessThanOrEqual(1)
    }
  })
  it('shows what is really there beyond a crop, not a mirror of it', () => {
    const region = { left: 10, top: 10, width: 20, height: 20 }
    const result = cutView(image, turned(0, { region, shiftX: 0.5 }), 20, 20, 'bilinear')
    expect(Math.abs(result.data[0]! - image.data[10 * 40 * 3]!)).toBeLessThanOrEqual(1)
  })
})
