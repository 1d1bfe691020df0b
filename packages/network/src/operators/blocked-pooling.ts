import type { GradientCall, GraphBuilder, TrainingCall } from '../operator.js'
import { flagAttribute, listAttribute } from './attributes.js'
import { blockedDomain, wholeBlocks } from './blocked-conv.js'
import { firstName, firstShape, graphMath } from './gradient-support.js'
import type { GraphMath } from './gradient-support.js'

const lowest = -3.4028234663852886e38

/** A max pooling in onnxruntime's blocked layout; null where it doesn't suit. */
export function blockedMaxPool(call: TrainingCall): string | null {
  const { blocked } = call.build
  const dilated = listAttribute(call, 'dilations').some((dilation) => dilation > 1)
  const input = blocked === null || dilated || flagAttribute(call, 'ceil_mode') ? null : blocked.toBlocked(firstName(call), firstShape(call))
  if (blocked === null || input === null) return null
  const attributes = { kernel_shape: listAttribute(call, 'kernel_shape'), strides: listAttribute(call, 'strides'), pads: listAttribute(call, 'pads') }
  return blocked.fromBlocked(call.build.add('MaxPool', [input], attributes, blockedDomain), call.outputShape)
}

/**
 * Sends every window's gradient to the first of its maxima, in row order as PyTorch does: position after position, the gradient is taken by the pixels that
 * equal the maximum and what was taken is out of the race. Twice as fast as scattering by index, which onnxruntime does on one core.
 * Null where `blockedMaxPool` is.
 */
export function blockedMaxPoolGradient(call: GradientCall): string | null {
  const { blocked } = call.build
  const result = blockedMaxPool(call)
  if (blocked === null || result === null) return null
  const [input, output, gradient] = [blocked.toBlocked(firstName(call), firstShape(call)), blocked.known(result), blocked.toBlocked(call.gradient, call.outputShape)]
  if (input === null || output === null || gradient === null) return null
  const math = graphMath(call.build)
  const [batch = 1, channels = 1, height = 1, width = 1] = firstShape(call)
  const [, , rows = 1, columns = 1] = call.outputShape
  const filled = wholeBlocks(channels, blocked.size)
  const sizes: PoolSizes = {
    planes: (batch * filled) / blocked.size, size: blocked.size, from: [height, width], to: [rows, columns],
    kernel: pair(listAttribute(call, 'kernel_shape')), strides: pair(listAttribute(call, 'strides')), before: pair(listAttribute(call, 'pads')),
  }
  const shares = shareOut(call, math, sizes, [input, output, gradient])
  return blocked.fromBlocked(math.reshape(interleave(call, math, sizes, shares), [batch, filled, height, width]), firstShape(call))
}

interface PoolSizes {
  /** Blocks of all images; values are `[planes, height, width, size]`. */
  readonly planes: number
  readonly size: number
  readonly from: readonly [number, number]
  readonly to: readonly [number, number]
  readonly kernel: readonly [number, number]
  readonly strides: readonly [number, number]
  readonly before: readonly [number, number]
}

interface Share {
  readonly row: number
  readonly column: number
  /** What every window sends to this position in it. */
  readonly value: string
}

const pair = (list: readonly number[]): readonly [number, number] => [list[0] ?? 0, list[1] ?? 0]

function shareOut({ build }: GradientCall, math: GraphMath, sizes: PoolSizes, [input, output, gradient]: readonly string[]): readonly Share[] {
  const { planes, size, from, to, kernel } = sizes
  const picture = math.reshape(input ?? '', [planes, ...from, size])
  const maxima = math.reshape(output ?? '', [planes, ...to, size])
  let left = math.reshape(gradient ?? '', [planes, ...to, size])
  return Array.from({ length: kernel[0] * kernel[1] }, (_, index) => {
    const [row, column] = [Math.floor(index / kernel[1]), index % kernel[1]]
    const isMaximum = build.add('Equal', [pixelsAt(build, math, sizes, picture, [row, column]), maxima])
    const value = math.only(isMaximum, left)
    left = math.sub(left, value)
    return { row, column, value }
  })
}

/** The pixel at one position of every window; windows that reach out of the picture there get the lowest number. */
function pixelsAt(build: GraphBuilder, math: GraphMath, { from, to, strides, before }: PoolSizes, picture: string, position: readonly number[]): string {
  const ranges = [0, 1].map((axis) => {
    const [stride, offset] = [strides[axis] ?? 1, (position[axis] ?? 0) - (before[axis] ?? 0)]
    const first = Math.min(to[axis] ?? 1, Math.max(0, Math.ceil(-offset / stride)))
    const last = Math.min((to[axis] ?? 1) - 1, Math.floor(((from[axis] ?? 1) - 1 - offset) / stride))
    return { axis: axis + 1, start: first * stride + offset, count: Math.max(0, last - first + 1), step: stride, first, last }
  })
  const inside = math.slice(picture, ranges)
  const pads = [0, ...ranges.map(({ first }) => first), 0, 0, ...ranges.map(({ first, count }, axis) => (to[axis] ?? 1) - first - count), 0]
  return pads.every((pad) => pad === 0) ? inside : build.add('Pad', [inside, build.integers(pads), build.floats([], [lowest])], { mode: 'constant' })
}

/** Puts the shares on their pixels: pixels that lie at the same place between windows get theirs from a few positions, moved by whole windows. */
function interleave({ build }: GradientCall, math: GraphMath, { planes, size, from, to, strides, before }: PoolSizes, shares: readonly Share[]): string {
  const grid = [Math.ceil(from[0] / strides[0]), Math.ceil(from[1] / strides[1])] as const
  const nothing = math.expand(build.floats([], [0]), [planes, ...grid, size])
  const at = (top: number, left: number): string => {
    const parts = shares.flatMap(({ row, column, value }) => {
      const [down, right] = [row - before[0] - top, column - before[1] - left]
      if (down % strides[0] !== 0 || right % strides[1] !== 0) return []
      const shift = [down / strides[0], right / strides[1]] as const
      return [math.pad(value, [0, ...shift, 0], [0, grid[0] - to[0] - shift[0], grid[1] - to[1] - shift[1], 0])]
    })
    return parts.length === 0 ? nothing : parts.length === 1 ? parts[0] ?? '' : build.add('Sum', parts)
  }
  const joined = (values: readonly string[], axis: number): string => (values.length === 1 ? values[0] ?? '' : build.add('Concat', values, { axis }))
  const lines = Array.from({ length: strides[0] }, (_, top) =>
    joined(Array.from({ length: strides[1] }, (__, left) => math.reshape(at(top, left), [planes, grid[0], 1, grid[1], 1, size])), 4))
  const pixels = math.reshape(joined(lines, 2), [planes, grid[0] * strides[0], grid[1] * strides[1], size])
  return math.pad(pixels, [0, 0, 0, 0], [0, from[0] - grid[0] * strides[0], from[1] - grid[1] * strides[1], 0])
}
