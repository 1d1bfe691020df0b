import { z } from 'zod'
import type { TensorData } from '../../../network.js'
import type { NewParameter, Value } from '../graph-builder.js'
import { addActivation } from './activation.js'
import {
  type LayerCall,
  type LayerConverter,
  configField,
  pair,
  requireChannelsLast,
  singleInput,
  transpose,
  unlessOff,
} from './layer-converter.js'
import { explicitPads } from './padding.js'

interface Convolution {
  readonly name: string
  readonly input: Value
  /** OIHW. */
  readonly weight: NewParameter
  readonly group: number
  readonly bias?: TensorData | undefined
}

const one: [number, number] = [1, 1]

function addConvolution(call: LayerCall, { name, input, weight, group, bias }: Convolution, pointwise = false): Value {
  const [, , ...size] = call.builder.shapeOf(input)
  const kernel = weight.shape.slice(2)
  const strides = pointwise ? one : configField(call, 'strides', pair.default(one))
  const dilations = pointwise ? one : configField(call, 'dilation_rate', pair.default(one))
  const pads = pointwise ? [0, 0, 0, 0] : explicitPads(call, size, kernel, strides, dilations)
  return call.builder.add({
    name,
    operator: 'Conv',
    inputs: [input],
    attributes: { kernel_shape: kernel, strides, pads, dilations, group },
    parameters: { weight, ...(bias ? { bias } : {}) },
  })
}

const biasOf = (call: LayerCall): TensorData | undefined =>
  configField(call, 'use_bias', z.boolean().default(true)) ? call.weight('bias') : undefined

/** `[h, w, in / groups, out]` to `[out, in / groups, h, w]`. */
export const toOihw = (kernel: TensorData): NewParameter => transpose(kernel, [3, 2, 0, 1])

/** `[h, w, in, multiplier]` to `[in * multiplier, 1, h, w]`: the outputs of one channel follow each other. */
function depthwiseToOihw(kernel: TensorData): NewParameter {
  const { shape, data } = transpose(kernel, [2, 3, 0, 1])
  const [inputs = 1, multiplier = 1, ...extent] = shape
  return { shape: [inputs * multiplier, 1, ...extent], data }
}

const convolution: LayerConverter = {
  classNames: ['Conv2D', 'Convolution2D'],
  variables: (layer) => ['kernel', ...unlessOff(layer, 'use_bias', 'bias')],
  convert: (call) => {
    requireChannelsLast(call)
    const group = configField(call, 'groups', z.number().int().positive().default(1))
    return addActivation(
      call,
      addConvolution(call, {
        name: call.layer.name,
        input: singleInput(call),
        weight: toOihw(call.weight('kernel')),
        group,
        bias: biasOf(call),
      }),
    )
  },
}

const depthwiseConvolution: LayerConverter = {
  classNames: ['DepthwiseConv2D'],
  variables: (layer) => ['kernel', ...unlessOff(layer, 'use_bias', 'bias')],
  convert: (call) => {
    requireChannelsLast(call)
    const kernel = call.weight('depthwise_kernel', 'kernel')
    return addActivation(
      call,
      addConvolution(call, {
        name: call.layer.name,
        input: singleInput(call),
        weight: depthwiseToOihw(kernel),
        group: kernel.shape[2] ?? 1,
        bias: biasOf(call),
      }),
    )
  },
}

const separableConvolution: LayerConverter = {
  classNames: ['SeparableConv2D'],
  variables: (layer) => ['depthwise_kernel', 'pointwise_kernel', ...unlessOff(layer, 'use_bias', 'bias')],
  convert: (call) => {
    requireChannelsLast(call)
    const kernel = call.weight('depthwise_kernel')
    const depthwise = addConvolution(call, {
      name: `${call.layer.name}.depthwise`,
      input: singleInput(call),
      weight: depthwiseToOihw(kernel),
      group: kernel.shape[2] ?? 1,
    })
    const pointwise = addConvolution(
      call,
      {
        name: call.layer.name,
        input: depthwise,
        weight: toOihw(call.weight('pointwise_kernel')),
        group: 1,
        bias: biasOf(call),
      },
      true,
    )
    return addActivation(call, pointwise)
  },
}

export const convolutionConverters: readonly LayerConverter[] = [
  convolution,
  depthwiseConvolution,
  separableConvolution,
]
