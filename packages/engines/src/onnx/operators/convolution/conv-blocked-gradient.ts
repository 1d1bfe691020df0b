import { must } from '@graft/errors'
import { elementCount } from '@graft/network/operators'
import { blockedDomain, wholeBlocks } from '../support/blocked-layout.js'
import { firstName, firstShape } from '../support/gradient-support.js'
import type { ConvContext } from './conv-sizes.js'

/**
 * Depthwise, in the blocked layout: again a depthwise convolution, of every image's channels with their gradients as
 * kernels and strides and dilations in each other's place; then the sum over the batch. Null where that layout doesn't
 * suit.
 */
export function blockedDepthwise(context: ConvContext): string | null {
  const {
    call,
    math,
    sizes: { batch, inputs, outputs, groups, kernel, from, to },
  } = context
  const { blocked } = call.build
  if (blocked === null || groups === 1 || groups !== inputs || groups !== outputs) return null
  const [input, gradient] = [
    blocked.toBlocked(firstName(call), firstShape(call)),
    blocked.toBlocked(call.gradient, call.outputShape),
  ]
  if (input === null || gradient === null) return null
  const channels = wholeBlocks(inputs, blocked.size)
  const blocks = channels / blocked.size
  const { before, after } = borders(context)
  // Pixels that no kernel position reads are cut off; zeros around the rest are the convolution's own work.
  const image = from.map((count, axis) => count + Math.min(0, after[axis] ?? 0))
  const cuts = image.flatMap((count, axis) => (count < (from[axis] ?? 1) ? [{ axis: axis + 1, start: 0, count }] : []))
  const kept = math.slice(math.reshape(input, [batch * blocks, ...from, blocked.size]), cuts)
  const kernels = math.reshape(gradient, [batch * channels, 1, ...to])
  const pads = [...before, ...after.map((pixels) => Math.max(0, pixels))]
  const products = crossed(context, math.reshape(kept, [1, batch * channels, ...image]), kernels, {
    group: batch * channels,
    pads,
  })
  const weight = math.transpose(
    math.sum(math.reshape(products, [batch, blocks, elementCount(kernel), blocked.size]), [0], false),
    [0, 2, 1],
  )
  return firstOutputs(context, math.reshape(weight, [channels, elementCount(kernel)]))
}

/** From this many pixels of the result on; below, a matrix product over all images is faster. */
const fewestPixels = 40

/**
 * Dense, in the blocked layout: every channel of an image is an image of its own, over which the image's gradients are
 * moved as kernels; image after image adds to the same sum. 1.2 to 3 times as fast as a matrix product and without its
 * copies of the input under every kernel position (packages/tests/bench/weight-gradients.mjs). Null where it doesn't
 * suit.
 */
export function blockedDense(context: ConvContext): string | null {
  const {
    call,
    math,
    sizes: { batch, inputs, outputs, groups, kernel, to },
  } = context
  const { blocked } = call.build
  if (
    blocked === null ||
    groups > 1 ||
    outputs < 8 ||
    elementCount(kernel) === 1 ||
    (elementCount(to) < fewestPixels && inputs > blocked.size)
  )
    return null
  const gradient = blocked.toBlocked(call.gradient, call.outputShape)
  if (gradient === null) return null
  const channels = wholeBlocks(outputs, blocked.size)
  const { before, after, size } = borders(context)
  const parts = (value: string): readonly string[] =>
    batch === 1
      ? [value]
      : call.build.addMany('Split', [value, call.build.integers(Array<number>(batch).fill(1))], batch, { axis: 0 })
  const images = parts(math.pad(firstName(call), [0, 0, ...before], [0, 0, ...after]))
  const total = parts(gradient).reduce<string | undefined>(
    (sum, part, image) =>
      crossed(
        context,
        math.reshape(must(images[image], `image ${image} of the batch`), [inputs, 1, ...size]),
        math.reshape(part, [channels, 1, ...to]),
        { group: 1, sum },
      ),
    undefined,
  )
  // Whole blocks of outputs first: moving them is faster than moving single kernels.
  const blocks = math.transpose(
    math.reshape(must(total, 'the sum over the images of the batch'), [
      inputs,
      channels / blocked.size,
      elementCount(kernel) * blocked.size,
    ]),
    [1, 0, 2],
  )
  const weight = call.build.add(
    'ReorderOutput',
    [math.reshape(blocks, [channels / blocked.size, blocked.size, inputs * elementCount(kernel), 1])],
    { channels: blocked.size },
    blockedDomain,
  )
  return firstOutputs(context, math.reshape(weight, [channels, inputs, elementCount(kernel)]))
}

/** Rows and columns around the input so that exactly the kernel's positions come out, and its size with them. */
function borders({
  sizes: { before, after, unread, from },
}: ConvContext): Record<'before' | 'after' | 'size', readonly [number, number]> {
  const ends = [after[0] - unread[0], after[1] - unread[1]] as const
  return { before, after: ends, size: [from[0] + before[0] + ends[0], from[1] + before[1] + ends[1]] }
}

interface Crossing {
  readonly group: number
  readonly pads?: readonly number[]
  /** What the result is added to. */
  readonly sum?: string | undefined
}

/** The convolution of inputs with gradients, in which strides and dilations change places. */
function crossed(
  { call, sizes: { to, strides, dilations } }: ConvContext,
  input: string,
  kernels: string,
  { group, pads = [0, 0, 0, 0], sum }: Crossing,
): string {
  return call.build.add(
    'Conv',
    [input, kernels, ...(sum === undefined ? [] : ['', sum])],
    { group, kernel_shape: to, pads, strides: dilations, dilations: strides },
    blockedDomain,
  )
}

/** Leaves out the output channels, along the first axis, that only fill the last block. */
export function firstOutputs({ call, math, sizes: { outputs } }: ConvContext, value: string): string {
  return outputs % (call.build.blocked?.size ?? 1) === 0
    ? value
    : math.slice(value, [{ axis: 0, start: 0, count: outputs }])
}
