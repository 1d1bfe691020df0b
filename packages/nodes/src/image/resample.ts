import type { Image } from './image.js'
import { resampleSimd } from './resample-simd.js'
import { precision, weightsOf } from './resample-weights.js'
import type { Interpolation, Weights } from './resample-weights.js'

export type { Interpolation }

/** A rectangle of an image, in pixels; edges may lie between pixels. */
export interface Region {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/**
 * Resizes a region of an image with antialiasing, exactly as `Pillow.Image.resize(size, box=region)` does, rounding
 * included: that is what PyTorch's `Resize` on photos computes, so training, prediction and other people's pipelines
 * see the same pixels. sharp's own `linear` kernel is not used because it first shrinks by whole factors, which gives
 * other pixels.
 */
export function resample(
  image: Image,
  region: Region,
  width: number,
  height: number,
  interpolation: Interpolation,
): Image {
  if (width === image.width && height === image.height && coversAll(image, region))
    return { width, height, data: image.data.slice() }
  const columns = weightsOf(image.width, region.left, region.width, width, interpolation)
  const rows = weightsOf(image.height, region.top, region.height, height, interpolation)
  return {
    width,
    height,
    data: resampleSimd(image, columns, rows, width, height) ?? resamplePlain(image, columns, rows, width, height),
  }
}

/** Both passes, where WebAssembly can't do them. */
export function resamplePlain(
  image: Image,
  columns: Weights,
  rows: Weights,
  width: number,
  height: number,
): Uint8Array {
  const firstRow = rows.first[0]!
  const lastRow = rows.first[height - 1]! + rows.count[height - 1]!
  return resampleRows(resampleColumns(image, columns, width, firstRow, lastRow), rows, width, height, firstRow)
}

function coversAll(image: Image, region: Region): boolean {
  return region.left === 0 && region.top === 0 && region.width === image.width && region.height === image.height
}

const half = 1 << (precision - 1)

function toByte(sum: number): number {
  const value = sum >> precision
  return value < 0 ? 0 : value > 255 ? 255 : value
}

function resampleColumns(image: Image, weights: Weights, width: number, firstRow: number, lastRow: number): Uint8Array {
  const { data } = image
  const { first, count, values, stride } = weights
  const result = new Uint8Array((lastRow - firstRow) * width * 3)
  for (let y = firstRow, target = 0; y < lastRow; y++) {
    for (let x = 0; x < width; x++) {
      let red = half,
        green = half,
        blue = half
      let from = (y * image.width + first[x]!) * 3
      for (let tap = x * stride, end = tap + count[x]!; tap < end; tap++, from += 3) {
        const weight = values[tap]!
        red += data[from]! * weight
        green += data[from + 1]! * weight
        blue += data[from + 2]! * weight
      }
      result[target++] = toByte(red)
      result[target++] = toByte(green)
      result[target++] = toByte(blue)
    }
  }
  return result
}

function resampleRows(
  narrowed: Uint8Array,
  weights: Weights,
  width: number,
  height: number,
  firstRow: number,
): Uint8Array {
  const { first, count, values, stride } = weights
  const rowLength = width * 3
  const result = new Uint8Array(height * rowLength)
  for (let y = 0; y < height; y++) {
    const start = (first[y]! - firstRow) * rowLength
    const end = y * stride + count[y]!
    for (let x = 0; x < rowLength; x++) {
      let sum = half
      for (let tap = y * stride, from = start + x; tap < end; tap++, from += rowLength)
        sum += narrowed[from]! * values[tap]!
      result[y * rowLength + x] = toByte(sum)
    }
  }
  return result
}
