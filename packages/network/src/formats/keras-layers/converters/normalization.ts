import { z } from 'zod'
import type { TensorData } from '../../../network.js'
import type { NewParameter, Value } from '../graph-builder.js'
import { permuted, toChannelsFirst, toChannelsLast } from './reshaping.js'
import {
  type LayerCall,
  type LayerConverter,
  configField,
  requireChannelsLast,
  singleInput,
  toOwnAxis,
  unlessOff,
  unsupported,
} from './layer-converter.js'

const filled = (size: number, value: number): NewParameter => ({
  shape: [size],
  data: new Float32Array(size).fill(value),
})

const statistic = (tensor: TensorData): NewParameter => ({ ...tensor, trainable: false })

const batchNormalization: LayerConverter = {
  classNames: ['BatchNormalization', 'SyncBatchNormalization'],
  variables: (layer) => [
    ...unlessOff(layer, 'scale', 'gamma'),
    ...unlessOff(layer, 'center', 'beta'),
    'moving_mean',
    'moving_variance',
  ],
  convert: (call) => {
    const input = singleInput(call)
    const rank = call.builder.shapeOf(input).length
    const axis = configField(
      call,
      'axis',
      z.union([z.number().int(), z.tuple([z.number().int()]).transform(([only]) => only)]).default(-1),
    )
    if (toOwnAxis(call, axis, rank) !== 1 || rank === 3)
      throw unsupported(
        call,
        `normalises axis ${axis}; the channels (last axis) are expected`,
        'Convert the model to channels_last',
      )
    const mean = call.weight('moving_mean')
    const channels = mean.data.length
    return call.builder.add({
      name: call.layer.name,
      operator: 'BatchNormalization',
      inputs: [input],
      attributes: {
        epsilon: configField(call, 'epsilon', z.number().default(1e-3)),
        momentum: configField(call, 'momentum', z.number().min(0).max(1).default(0.99)),
      },
      parameters: {
        scale: scaleOf(call, channels),
        shift: call.layer.config.center === false ? { ...filled(channels, 0), trainable: false } : call.weight('beta'),
        mean: statistic(mean),
        variance: statistic(call.weight('moving_variance')),
      },
    })
  },
}

const axes = z.union([z.number().int(), z.tuple([z.number().int()]).transform(([only]) => only)])

/** Over the channels of every place; a map is turned channels-last for it and back. */
const layerNormalization: LayerConverter = {
  classNames: ['LayerNormalization'],
  variables: (layer) => [...unlessOff(layer, 'scale', 'gamma'), ...unlessOff(layer, 'center', 'beta')],
  convert: (call) => {
    const { builder, layer } = call
    const input = singleInput(call)
    const shape = builder.shapeOf(input)
    const axis = configField(call, 'axis', axes.default(-1))
    const isMap = shape.length === 4
    if (toOwnAxis(call, axis, shape.length) !== (isMap ? 1 : shape.length - 1))
      throw unsupported(call, `normalises axis ${axis}; the last one is expected`, 'Normalise the channels only')
    if (configField(call, 'rms_scaling', z.boolean().default(false)))
      throw unsupported(call, 'scales by the root of the mean square', 'Use a plain LayerNormalization')
    const channels = (isMap ? shape[1] : shape.at(-1)) ?? 1
    const last = isMap ? permuted(call, `${layer.name}.channels_last`, input, toChannelsLast) : input
    const normalised = builder.add({
      name: isMap ? `${layer.name}.norm` : layer.name,
      operator: 'LayerNormalization',
      inputs: [last],
      attributes: { axis: -1, epsilon: configField(call, 'epsilon', z.number().default(1e-3)) },
      parameters: {
        scale: scaleOf(call, channels),
        ...(layer.config.center === false ? {} : { shift: call.weight('beta') }),
      },
    })
    return isMap ? permuted(call, layer.name, normalised, toChannelsFirst) : normalised
  },
}

const scaleOf = (call: LayerCall, channels: number): NewParameter =>
  call.layer.config.scale === false ? { ...filled(channels, 1), trainable: false } : call.weight('gamma')

const numbers = z.union([z.number().transform((value) => [value]), z.array(z.number())])

const rescaling: LayerConverter = {
  classNames: ['Rescaling'],
  convert: (call) => {
    requireChannelsLast(call)
    return addAffine(
      call,
      configField(call, 'scale', numbers.default([1])),
      configField(call, 'offset', numbers.default([0])),
    )
  },
}

/** `(x - mean) / max(sqrt(variance), 1e-7)`; the statistics are config values or, when adapted to data, weights. */
const normalization: LayerConverter = {
  classNames: ['Normalization'],
  variables: () => ['mean', 'variance', 'count'],
  convert: (call) => {
    const nested = z
      .unknown()
      .transform((value) =>
        Array.isArray(value) ? (value.flat(8) as number[]) : typeof value === 'number' ? [value] : undefined,
      )
    const mean = configField(call, 'mean', nested) ?? [...call.weight('mean').data]
    const variance = configField(call, 'variance', nested) ?? [...call.weight('variance').data]
    if (configField(call, 'invert', z.boolean().default(false)))
      throw unsupported(call, 'is inverted', 'Use it the right way round')
    const scale = variance.map((value) => 1 / Math.max(Math.sqrt(value), 1e-7))
    return addAffine(
      call,
      scale,
      mean.map((value, channel) => -value * (scale[channel] ?? 1)),
    )
  },
}

/** `x * scale + offset` with one number, or one per channel. */
function addAffine(call: LayerCall, scale: readonly number[], offset: readonly number[]): Value {
  const { builder, layer } = call
  const input = singleInput(call)
  const rank = builder.shapeOf(input).length
  const constant = (values: readonly number[]): NewParameter => ({
    shape: rank === 4 && values.length > 1 ? [values.length, 1, 1] : [values.length],
    data: Float32Array.from(values),
    trainable: false,
  })
  const scaled = builder.add({
    name: `${layer.name}.scale`,
    operator: 'Mul',
    inputs: [input],
    parameters: { constant: constant(scale) },
  })
  return builder.add({
    name: layer.name,
    operator: 'Add',
    inputs: [scaled],
    parameters: { constant: constant(offset) },
  })
}

export const normalizationConverters: readonly LayerConverter[] = [
  batchNormalization,
  layerNormalization,
  rescaling,
  normalization,
]
