import type { Shape } from '@graft/network'
import { wholeBlocks } from '../support/blocked-layout.js'
import { parameterName } from '../support/gradient-support.js'
import type { GradientCall, LayerGradients } from '../support/training-rule.js'
import { writeConv } from './blocked-conv.js'
import { firstOutputs } from './conv-blocked-gradient.js'
import { type ConvContext, convContext } from './conv-sizes.js'
import { phasedGradient } from './conv-strided-gradient.js'
import { weightGradient } from './conv-weight-gradient.js'
import { suitsWinograd, winogradInput } from './conv-winograd.js'

/** Gradients of a convolution by input, weight and bias. */
export function convGradient(call: GradientCall): LayerGradients {
  const context = convContext(call)
  const parameters: Record<string, string> = {}
  if (call.needsParameter.has('weight')) parameters['weight'] = weightGradient(context)
  if (call.needsParameter.has('bias')) parameters['bias'] = biasGradient(context)
  return { inputs: [call.needsInput[0] ? inputGradient(context) : undefined], parameters }
}

/** The sum over batch and positions; in the blocked layout when the gradient is there already. */
function biasGradient(context: ConvContext): string {
  const {
    call,
    math,
    sizes: { batch, outputs, to },
  } = context
  const blocked = call.build.blocked
  const gradient = blocked?.known(call.gradient) ?? null
  if (blocked === null || gradient === null) return math.sum(call.gradient, [0, 2, 3], false)
  const blocks = wholeBlocks(outputs, blocked.size) / blocked.size
  const summed = math.sum(
    math.sum(math.reshape(gradient, [batch, blocks, to[0] * to[1], blocked.size]), [2], false),
    [0],
    false,
  )
  return firstOutputs(context, math.reshape(summed, [blocks * blocked.size]))
}

/**
 * By Winograd where that pays; at stride 1 a convolution with the flipped kernel, otherwise convolutions with parts of
 * it, or a transposed convolution.
 */
function inputGradient(context: ConvContext): string {
  const { call, sizes } = context
  const { kernel, strides, dilations, before, after, unread } = sizes
  const reach = [0, 1].map((axis) => ((kernel[axis] ?? 1) - 1) * (dilations[axis] ?? 1))
  const pads = [
    (reach[0] ?? 0) - before[0],
    (reach[1] ?? 0) - before[1],
    (reach[0] ?? 0) - after[0] + unread[0],
    (reach[1] ?? 0) - after[1] + unread[1],
  ]
  const attributes = { dilations, group: sizes.groups, kernel_shape: kernel }
  if (suitsWinograd(sizes)) return winogradInput(context)
  if (strides.every((stride) => stride === 1) && pads.every((pad) => pad >= 0))
    return convolveBack(context, call.gradient, sizes.to, sizes.from, pads)
  if (kernel.every((size) => size === 1) && [...before, ...after].every((pad) => pad === 0))
    return spreadOut(context, convolveBack(context, call.gradient, sizes.to, sizes.to, [0, 0, 0, 0]))
  const phased = phasedGradient(context)
  if (phased !== null) return phased
  return call.build.add('ConvTranspose', [call.gradient, parameterName(call, 'weight')], {
    ...attributes,
    strides,
    pads: [...before, ...after],
    output_padding: unread,
  })
}

/** The convolution at stride 1 with the flipped kernel. */
function convolveBack(
  context: ConvContext,
  input: string,
  size: Shape,
  result: Shape,
  pads: readonly number[],
): string {
  const {
    call,
    sizes: { batch, inputs, outputs, groups, kernel, dilations },
  } = context
  return writeConv(call.build, {
    input,
    inputShape: [batch, outputs, ...size],
    outputShape: [batch, inputs, ...result],
    weight: parameterName(call, 'weight'),
    weightShape: [inputs, outputs / groups, ...kernel],
    reversed: true,
    strides: [1, 1],
    pads,
    dilations,
    group: groups,
  })
}

/** Zeros right of and below every pixel of a blocked value, as many as the strides skip. */
function spreadBlocks(
  { math, sizes: { batch, to, strides } }: ConvContext,
  value: string,
  channels: number,
  size: number,
): string {
  const cells = math.reshape(value, [(batch * channels) / size, to[0], 1, to[1], size])
  const padded = math.pad(cells, [0, 0, 0, 0, 0], [0, 0, strides[0] - 1, 0, (strides[1] - 1) * size])
  return math.reshape(padded, [batch, channels, to[0] * strides[0], to[1] * strides[1]])
}

/** Puts the gradient of a strided 1x1 convolution back on the pixels that were read, zeros between. */
function spreadOut(context: ConvContext, value: string): string {
  const {
    call,
    math,
    sizes: { batch, inputs, to, from, strides },
  } = context
  const [down, across] = strides
  const { blocked } = call.build
  const form = from[0] === to[0] * down && from[1] === to[1] * across ? (blocked?.known(value) ?? null) : null
  if (blocked !== null && form !== null)
    return blocked.fromBlocked(spreadBlocks(context, form, wholeBlocks(inputs, blocked.size), blocked.size), [
      batch,
      inputs,
      ...from,
    ])
  const cells = math.reshape(value, [batch, inputs, to[0], 1, to[1], 1])
  const spread = math.reshape(math.pad(cells, [0, 0, 0, 0, 0, 0], [0, 0, 0, down - 1, 0, across - 1]), [
    batch,
    inputs,
    to[0] * down,
    to[1] * across,
  ])
  return math.slice(
    spread,
    from.flatMap((count, axis) =>
      count < (to[axis] ?? 1) * (strides[axis] ?? 1) ? [{ axis: axis + 2, start: 0, count }] : [],
    ),
  )
}
