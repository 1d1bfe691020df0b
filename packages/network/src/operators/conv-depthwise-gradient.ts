import { blockedDomain, wholeBlocks } from './blocked-conv.js'
import type { ConvContext } from './conv-sizes.js'
import { firstName, firstShape } from './gradient-support.js'
import { elementCount } from './shape-support.js'

/**
 * Depthwise, in the blocked layout: again a depthwise convolution, of every image's channels with their gradients as kernels and strides and
 * dilations in each other's place; then the sum over the batch. Null where that layout doesn't suit.
 */
export function blockedDepthwise({ call, math, sizes }: ConvContext): string | null {
  const { batch, inputs, outputs, groups, kernel, strides, dilations, before, after, unread, from, to } = sizes
  const { blocked } = call.build
  if (blocked === null || groups === 1 || groups !== inputs || groups !== outputs) return null
  const [input, gradient] = [blocked.toBlocked(firstName(call), firstShape(call)), blocked.toBlocked(call.gradient, call.outputShape)]
  if (input === null || gradient === null) return null
  const { size } = blocked
  const channels = wholeBlocks(inputs, size)
  const blocks = channels / size
  const ends = [0, 1].map((axis) => (after[axis] ?? 0) - (unread[axis] ?? 0))
  const bordered = [0, 1].map((axis) => (from[axis] ?? 1) + (before[axis] ?? 0) + (ends[axis] ?? 0))
  const rows = math.pad(math.reshape(input, [batch * blocks, from[0], from[1] * size]), [0, before[0], before[1] * size], [0, ends[0] ?? 0, (ends[1] ?? 0) * size])
  const images = math.reshape(rows, [1, batch * channels, ...bordered])
  const kernels = math.reshape(gradient, [batch * channels, 1, ...to])
  const attributes = { group: batch * channels, kernel_shape: to, pads: [0, 0, 0, 0], strides: dilations, dilations: strides }
  const products = math.reshape(call.build.add('Conv', [images, kernels], attributes, blockedDomain), [batch, blocks, elementCount(kernel), size])
  const weight = math.reshape(math.transpose(math.sum(products, [0], false), [0, 2, 1]), [channels, elementCount(kernel)])
  return math.slice(weight, channels === outputs ? [] : [{ axis: 0, start: 0, count: outputs }])
}

