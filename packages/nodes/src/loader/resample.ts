import type { Picture } from './picture.js'

/** A rectangle of a picture, in pixels; edges may lie between pixels. */
export interface Region {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

export type Interpolation = 'bilinear' | 'bicubic'

/** Fraction bits of the integer weights, as in Pillow: 255 * 2^22 and bicubic overshoot still fit 32 bits. */
const precision = 22

interface Kernel {
  readonly support: number
  weight(distance: number): number
}

const kernels: Readonly<Record<Interpolation, Kernel>> = {
  bilinear: { support: 1, weight: (distance) => Math.max(0, 1 - Math.abs(distance)) },
  bicubic: { support: 2, weight: cubicWeight },
}

/** Keys' cubic with a = -0.5, the one Pillow uses. */
function cubicWeight(distance: number): number {
  const x = Math.abs(distance)
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1
  return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0
}

/**
 * Resizes a region of a picture with antialiasing, exactly as `Pillow.Image.resize(size, box=region)` does, rounding included: that is what
 * PyTorch's `Resize` on photos computes, so training, prediction and other people's pipelines see the same pixels. sharp's own `linear` kernel
 * is not used because it first shrinks by whole factors, which gives other pixels.
 */
export function resample(picture: Picture, region: Region, width: number, height: number, interpolation: Interpolation): Picture {
  if (width === picture.width && height === picture.height && coversAll(picture, region)) return { width, height, data: picture.data.slice() }
  const columns = weightsOf(picture.width, region.left, region.width, width, kernels[interpolation])
  const rows = weightsOf(picture.height, region.top, region.height, height, kernels[interpolation])
  const firstRow = rows.first[0]!
  const lastRow = rows.first[height - 1]! + rows.count[height - 1]!
  const narrowed = resampleColumns(picture, columns, width, firstRow, lastRow)
  return { width, height, data: resampleRows(narrowed, rows, width, height, firstRow) }
}

function coversAll(picture: Picture, region: Region): boolean {
  return region.left === 0 && region.top === 0 && region.width === picture.width && region.height === picture.height
}

/** For every output pixel: the first input pixel, how many, and their integer weights. */
interface Weights {
  readonly first: Int32Array
  readonly count: Int32Array
  readonly values: Int32Array
  readonly stride: number
}

function weightsOf(inputSize: number, start: number, length: number, outputSize: number, kernel: Kernel): Weights {
  const scale = length / outputSize
  const filterScale = Math.max(scale, 1)
  const support = kernel.support * filterScale
  const stride = Math.ceil(support) * 2 + 1
  const weights = { first: new Int32Array(outputSize), count: new Int32Array(outputSize), values: new Int32Array(outputSize * stride), stride }
  const taps = new Float64Array(stride)
  for (let output = 0; output < outputSize; output++) {
    const centre = start + (output + 0.5) * scale
    const first = Math.min(Math.max(0, Math.trunc(centre - support + 0.5)), inputSize - 1)
    const count = Math.max(1, Math.min(inputSize, Math.trunc(centre + support + 0.5)) - first)
    let sum = 0
    for (let tap = 0; tap < count; tap++) sum += taps[tap] = kernel.weight((tap + first - centre + 0.5) / filterScale)
    for (let tap = 0; tap < count; tap++) weights.values[output * stride + tap] = toFixed(sum === 0 ? 1 / count : taps[tap]! / sum)
    weights.first[output] = first
    weights.count[output] = count
  }
  return weights
}

function toFixed(weight: number): number {
  return Math.trunc(weight * (1 << precision) + (weight < 0 ? -0.5 : 0.5))
}

const half = 1 << (precision - 1)

function toByte(sum: number): number {
  const value = sum >> precision
  return value < 0 ? 0 : value > 255 ? 255 : value
}

function resampleColumns(picture: Picture, weights: Weights, width: number, firstRow: number, lastRow: number): Uint8Array {
  const { data } = picture
  const { first, count, values, stride } = weights
  const result = new Uint8Array((lastRow - firstRow) * width * 3)
  for (let y = firstRow, target = 0; y < lastRow; y++) {
    for (let x = 0; x < width; x++) {
      let red = half, green = half, blue = half
      let from = (y * picture.width + first[x]!) * 3
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

function resampleRows(narrowed: Uint8Array, weights: Weights, width: number, height: number, firstRow: number): Uint8Array {
  const { first, count, values, stride } = weights
  const rowLength = width * 3
  const result = new Uint8Array(height * rowLength)
  for (let y = 0; y < height; y++) {
    const start = (first[y]! - firstRow) * rowLength
    const end = y * stride + count[y]!
    for (let x = 0; x < rowLength; x++) {
      let sum = half
      for (let tap = y * stride, from = start + x; tap < end; tap++, from += rowLength) sum += narrowed[from]! * values[tap]!
      result[y * rowLength + x] = toByte(sum)
    }
  }
  return result
}
