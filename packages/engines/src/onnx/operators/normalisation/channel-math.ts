import { must } from '@graft/errors'
import type { Shape } from '@graft/network'
import { elementCount } from '@graft/network/operators'
import { blockedDomain, type BlockedLayout, wholeBlocks } from '../support/blocked-layout.js'
import { alongChannels, axesButChannels, firstName, firstShape, padTo } from '../support/gradient-support.js'
import type { GraphBuilder } from '../support/graph-builder.js'
import { graphMath } from '../support/graph-math.js'
import type { TrainingCall } from '../support/training-rule.js'

/**
 * Sums and products channel by channel, on values of one shape `[n, c, ...]`; what holds one number per channel has the
 * shape `[c]`.
 */
export interface ChannelMath {
  /** Mean over batch and positions. */
  mean(value: string): string
  sum(value: string): string
  /** Sum over batch and positions of the products of two values. */
  dot(a: string, b: string): string
  /** `value * factor + offset + plus`, of which only the value must be given. */
  scaled(value: string, terms: ChannelTerms): string
}

export interface ChannelTerms {
  readonly factor?: string
  readonly offset?: string
  /** A value of the whole shape. */
  readonly plus?: string
}

/**
 * Channel by channel in the layout in which the first input of a layer is: in onnxruntime's blocked one, passes over
 * the values are fewer and run on all cores.
 */
export function channelMath(call: TrainingCall): ChannelMath {
  const layout = blockedLayoutOf(call)
  return layout === null
    ? plainChannels(call.build, firstShape(call))
    : blockedChannels(call.build, layout, firstShape(call))
}

/** The blocked layout, where the first input of a layer is in it already. */
export function blockedLayoutOf(call: TrainingCall): BlockedLayout | null {
  const { blocked } = call.build
  return blocked === null || blocked.known(firstName(call)) === null ? null : blocked
}

function plainChannels(build: GraphBuilder, shape: Shape): ChannelMath {
  const math = graphMath(build)
  const axes = axesButChannels(shape)
  const along = (value: string): string => alongChannels(build, value, shape.length, shape[1] ?? 1)
  return {
    mean: (value) => math.mean(value, axes, false),
    sum: (value) => math.sum(value, axes, false),
    dot: (a, b) => math.sum(math.mul(a, b), axes, false),
    scaled: (value, { factor, offset, plus }) => {
      const product = factor === undefined ? value : math.mul(value, along(factor))
      const moved = offset === undefined ? product : math.add(product, along(offset))
      return plus === undefined ? moved : math.add(moved, plus)
    },
  }
}

/** Sums over more pixels are taken row by row first, so that they keep their digits (docs/decisions.md). */
const longestSum = 256

function blockedChannels(build: GraphBuilder, layout: BlockedLayout, shape: Shape): ChannelMath {
  const math = graphMath(build)
  const [batch = 1, channels = 1, height = 1, width = 1] = shape
  const whole = wholeBlocks(channels, layout.size)
  const rows = height * width > longestSum ? height : 1
  /** An image per image and channel, or one per row of those. */
  const images = [batch * whole * rows, height / rows, width] as const
  const form = (value: string): string => must(layout.toBlocked(value, shape), `the blocked form of ${value}`)
  const filled = (value: string): string => padTo(build, value, [channels], [whole])
  const first = (value: string): string =>
    whole === channels ? value : math.slice(value, [{ axis: 0, start: 0, count: channels }])
  /** Brings one number per image, `[n, whole / size, rows, size]`, together per channel. */
  const joined = (value: string): string => {
    const perImage =
      rows === 1 ? value : math.sum(math.reshape(value, [(batch * whole) / layout.size, rows, layout.size]), [1], false)
    return first(math.sum(math.reshape(perImage, [batch, whole]), [0], false))
  }
  const mean = (value: string): string => {
    const perImage = build.add('GlobalAveragePool', [math.reshape(form(value), [1, ...images])], {}, blockedDomain)
    return math.div(joined(perImage), batch * rows)
  }
  return {
    mean,
    sum: (value) => math.mul(mean(value), elementCount(shape) / channels),
    // A depthwise convolution whose kernels are as large as the images.
    dot: (a, b) =>
      joined(
        build.add(
          'Conv',
          [math.reshape(form(a), [1, ...images]), math.reshape(form(b), [images[0], 1, ...images.slice(1)])],
          { ...steps, group: images[0], kernel_shape: images.slice(1) },
          blockedDomain,
        ),
      ),
    scaled: (value, { factor, offset, plus }) => {
      const weight =
        factor === undefined
          ? build.floats([whole, 1, 1, 1], Array<number>(whole).fill(1))
          : math.reshape(filled(factor), [whole, 1, 1, 1])
      const inputs = [
        form(value),
        weight,
        ...(offset === undefined && plus === undefined ? [] : [offset === undefined ? '' : filled(offset)]),
        ...(plus === undefined ? [] : [form(plus)]),
      ]
      return layout.fromBlocked(
        build.add('Conv', inputs, { ...steps, group: whole, kernel_shape: [1, 1] }, blockedDomain),
        shape,
      )
    },
  }
}

const steps = { strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1] } as const
