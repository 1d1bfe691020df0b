import type { ConvContext, ConvSizes } from './conv-sizes.js'
import { firstName } from './gradient-support.js'

/**
 * Weight gradients of dense convolutions at stride 1 without the nine-fold copies of im2col. Input and gradient are laid into grids of the same
 * pitch, with zeros right of every row and below every image, and read as one long sequence of pixels: then a kernel position is nothing but a
 * distance in that sequence. The input is stacked once per kernel column and the gradient once per kernel row, each copy moved by its distance,
 * and a single matrix product gives all positions.
 */
interface Grid {
  /** Rows and columns of every image's grid, and pixels of the whole batch. */
  readonly height: number
  readonly width: number
  readonly pixels: number
}

/** Whether the stacked forms can express a convolution. */
export const canStack = ({ groups, strides, dilations, kernel }: ConvSizes): boolean =>
  groups === 1 && [...strides, ...dilations].every((step) => step === 1) && kernel[0] * kernel[1] > 1

function gridOf({ batch, from, to, before, after }: ConvSizes): Grid {
  const extent = (axis: 0 | 1): number => Math.max(from[axis] + Math.max(before[axis], after[axis]), to[axis])
  const width = extent(1)
  // The last pixel stands in for everything outside the sequence, so it must hold a zero of both.
  const filled = [from, to].some(([rows, columns]) => rows === extent(0) && columns === width)
  const height = extent(0) + (filled ? 1 : 0)
  return { height, width, pixels: batch * height * width }
}

/** Channels last: every pixel's channels are copied in one go. */
export function stackedRows({ call, math, sizes }: ConvContext): string {
  const { inputs, outputs, kernel, before, from, to } = sizes
  const grid = gridOf(sizes)
  const laid = (value: string, [height, width]: readonly [number, number], channels: number): string => {
    const last = math.transpose(value, [0, 2, 3, 1])
    return math.reshape(math.pad(last, [0, 0, 0, 0], [0, grid.height - height, grid.width - width, 0]), [grid.pixels, channels])
  }
  const stack = (value: string, distances: readonly number[], channels: number): string => {
    const indices = Array.from({ length: grid.pixels }, (_, pixel) => distances.map((distance) => inside(pixel + distance, grid))).flat()
    return math.reshape(call.build.add('Gather', [value, call.build.integers(indices)], { axis: 0 }), [grid.pixels, distances.length * channels])
  }
  const columns = stack(laid(firstName(call), from, inputs), across(kernel[1], before[1]), inputs)
  const rows = stack(laid(call.gradient, to, outputs), down(kernel[0], before[0], grid), outputs)
  const product = math.reshape(math.multiply(rows, columns, { transA: true }), [kernel[0], outputs, kernel[1], inputs])
  return math.transpose(product, [1, 3, 0, 2])
}

/** Channels first: the copies are long runs of pixels. */
export function stackedColumns({ call, math, sizes }: ConvContext): string {
  const { inputs, outputs, kernel, before, from, to } = sizes
  const grid = gridOf(sizes)
  const laid = (value: string, [height, width]: readonly [number, number], channels: number): string => {
    const first = math.transpose(value, [1, 0, 2, 3])
    return math.reshape(math.pad(first, [0, 0, 0, 0], [0, 0, grid.height - height, grid.width - width]), [channels, grid.pixels])
  }
  const stack = (value: string, distances: readonly number[]): string => {
    const [least, most] = [Math.max(0, -Math.min(...distances)), Math.max(0, ...distances)]
    const bordered = math.pad(value, [0, least], [0, most])
    return call.build.add('Concat', distances.map((distance) => math.slice(bordered, [{ axis: 1, start: least + distance, count: grid.pixels }])), { axis: 0 })
  }
  const columns = stack(laid(firstName(call), from, inputs), across(kernel[1], before[1]))
  const rows = stack(laid(call.gradient, to, outputs), down(kernel[0], before[0], grid))
  const product = math.reshape(math.multiply(rows, columns, { transB: true }), [kernel[0], outputs, kernel[1], inputs])
  return math.transpose(product, [1, 3, 0, 2])
}

/** By how much the input is moved for every kernel column, and the gradient, the other way, for every kernel row. */
const across = (width: number, before: number): number[] => Array.from({ length: width }, (_, column) => column - before)
const down = (height: number, before: number, grid: Grid): number[] => Array.from({ length: height }, (_, row) => (before - row) * grid.width)

const inside = (pixel: number, { pixels }: Grid): number => (pixel < 0 || pixel >= pixels ? pixels - 1 : pixel)
