import { must } from '@graft/errors'
import { listAttribute } from '@graft/network/operators'
import { blockedDomain, wholeBlocks } from '../support/blocked-layout.js'
import { firstName, firstShape } from '../support/gradient-support.js'
import type { GraphBuilder } from '../support/graph-builder.js'
import { graphMath } from '../support/graph-math.js'
import type { GradientCall } from '../support/training-rule.js'
import { blockedMaxPool } from './blocked-pooling.js'

const lowest = -3.4028234663852886e38

/**
 * Sends every window's gradient to the first of its maxima, in row order as PyTorch does, in two moves: to the rows'
 * maxima, then along the rows. Position after position, the gradient is taken by what equals the maximum, and what was
 * taken is out of the race. Entries are picked and moved by depthwise convolutions with a single 1, which run on all
 * cores; slices and scattering by index run on one. Null where `blockedMaxPool` is.
 */
export function blockedMaxPoolGradient(call: GradientCall): string | null {
  const { blocked } = call.build
  const result = blockedMaxPool(call)
  if (blocked === null || result === null) return null
  const [input, output, gradient] = [
    blocked.toBlocked(firstName(call), firstShape(call)),
    blocked.known(result),
    blocked.toBlocked(call.gradient, call.outputShape),
  ]
  if (input === null || output === null || gradient === null) return null
  const [batch = 1, channels = 1, height = 1, width = 1] = firstShape(call)
  const [, , rows = 1, columns = 1] = call.outputShape
  const [kernel, strides, pads] = [
    listAttribute(call, 'kernel_shape'),
    listAttribute(call, 'strides'),
    listAttribute(call, 'pads'),
  ]
  const line = (axis: 0 | 1, from: number, to: number, other: number): Line => ({
    build: call.build,
    axis,
    batch,
    channels: wholeBlocks(channels, blocked.size),
    block: blocked.size,
    kernel: kernel[axis] ?? 1,
    stride: strides[axis] ?? 1,
    before: pads[axis] ?? 0,
    from,
    to,
    other,
  })
  const along = line(1, width, columns, height)
  const rowMaxima = call.build.add(
    'MaxPool',
    [input],
    { kernel_shape: [1, along.kernel], strides: [1, along.stride], pads: [0, along.before, 0, pads[3] ?? 0] },
    blockedDomain,
  )
  const toRows = sendAlong(line(0, height, rows, columns), rowMaxima, output, gradient)
  return blocked.fromBlocked(sendAlong(along, input, rowMaxima, toRows), firstShape(call))
}

/** A pooling along one axis of blocked values `[batch, channels, height, width]`. */
interface Line {
  readonly build: GraphBuilder
  readonly axis: 0 | 1
  readonly batch: number
  readonly channels: number
  readonly block: number
  readonly kernel: number
  readonly stride: number
  readonly before: number
  /** Entries along the axis before and after pooling, and along the other axis. */
  readonly from: number
  readonly to: number
  readonly other: number
}

/** The gradient by `values` of their pooling along the axis. */
function sendAlong(line: Line, values: string, maxima: string, gradient: string): string {
  const math = graphMath(line.build)
  let left = gradient
  const shares = Array.from({ length: line.kernel }, (_, position) => {
    // What no one took before belongs to the last position, if every window has one.
    if (position === line.kernel - 1 && (line.to - 1) * line.stride + position - line.before < line.from) return left
    const share = math.mul(math.reaches(entriesAt(line, values, position), maxima), left)
    left = math.sub(left, share)
    return share
  })
  return interleave(line, shares)
}

/** The entry at one position of every window; the lowest number for windows that reach out there. */
function entriesAt(line: Line, values: string, position: number): string {
  const { build, from, to, stride, before } = line
  const math = graphMath(build)
  const entries = moved(line, values, position - before, { from, to, stride })
  const indices = Array.from({ length: to }, (_, window) => window * stride + position - before)
  const reachesOut = (index: number): boolean => index < 0 || index >= from
  if (!indices.some(reachesOut)) return entries
  const { lines, width } = flatSizes(line)
  const outside = indices.flatMap((index) => Array<number>(width).fill(reachesOut(index) ? lowest : 0))
  const flat = math.reshape(entries, [lines, outside.length])
  return math.reshape(math.add(flat, build.floats([1, outside.length], outside)), shapeOf(line, to))
}

/** Every `stride`-th entry along the axis from `offset` on, 0 outside. */
function moved(
  line: Line,
  values: string,
  offset: number,
  { from, to, stride }: { readonly from: number; readonly to: number; readonly stride: number },
): string {
  const { build, axis, channels, block } = line
  const [size, before] = [Math.abs(offset) + 1, Math.max(0, -offset)]
  const after = Math.max(0, (to - 1) * stride + size - before - from)
  const count = Math.floor((from + before + after - size) / stride) + 1
  const taps = Array.from({ length: size }, (_, tap) => (tap === Math.max(0, offset) ? 1 : 0))
  const kernel = Array.from({ length: channels / block }, () =>
    taps.flatMap((tap) => Array<number>(block).fill(tap)),
  ).flat()
  const result = build.add(
    'Conv',
    [values, build.floats([channels, 1, ...onAxis(axis, size, 1)], kernel)],
    {
      group: channels,
      kernel_shape: onAxis(axis, size, 1),
      strides: onAxis(axis, stride, 1),
      dilations: [1, 1],
      pads: [...onAxis(axis, before, 0), ...onAxis(axis, after, 0)],
    },
    blockedDomain,
  )
  return count === to ? result : firstEntries(line, result, count, to)
}

const onAxis = (axis: 0 | 1, value: number, rest: number): [number, number] =>
  axis === 0 ? [value, rest] : [rest, value]

const shapeOf = ({ axis, batch, channels, other }: Line, count: number): number[] => [
  batch,
  channels,
  ...onAxis(axis, count, other),
]

/** A blocked value seen as `lines` times the entries along the axis, of `width` numbers each. */
function flatSizes({ axis, batch, channels, block, other }: Line): { readonly lines: number; readonly width: number } {
  const planes = (batch * channels) / block
  return axis === 0 ? { lines: planes, width: other * block } : { lines: planes * other, width: block }
}

/** Leaves out what comes after the first entries along the axis. */
function firstEntries(line: Line, values: string, from: number, count: number): string {
  const math = graphMath(line.build)
  const { lines, width } = flatSizes(line)
  return math.reshape(
    math.slice(math.reshape(values, [lines, from, width]), [{ axis: 1, start: 0, count }]),
    shapeOf(line, count),
  )
}

/**
 * Puts every position's shares on their entries: those at the same place between windows get theirs from a few
 * positions, moved by whole windows.
 */
function interleave(line: Line, shares: readonly string[]): string {
  const { build, stride, before, from, to } = line
  const math = graphMath(build)
  const grid = Math.ceil(from / stride)
  const { lines, width } = flatSizes(line)
  const places = Array.from({ length: stride }, (_, place) => {
    const shifted = shares.flatMap((share, position) => {
      const shift = (position - before - place) / stride
      return Number.isInteger(shift) ? [{ share, shift }] : []
    })
    const parts = shifted
      .sort((a, b) => Math.abs(a.shift) - Math.abs(b.shift))
      .map(({ share, shift }) =>
        shift === 0 && grid === to ? share : moved(line, share, -shift, { from: to, to: grid, stride: 1 }),
      )
    // The moving convolution adds what was there before.
    const total = parts.reduce<string | undefined>(
      (sum, part) => (sum === undefined ? part : math.add(part, sum)),
      undefined,
    )
    return math.reshape(total ?? math.expand(build.floats([], [0]), shapeOf(line, grid)), [lines * grid, width])
  })
  const joined = math.reshape(
    places.length === 1 ? must(places[0], 'the only place between windows') : build.add('Concat', places, { axis: 1 }),
    shapeOf(line, grid * stride),
  )
  return grid * stride === from ? joined : firstEntries(line, joined, grid * stride, from)
}
