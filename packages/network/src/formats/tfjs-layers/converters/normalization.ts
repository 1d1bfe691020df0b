import { z } from 'zod'
import type { TensorData } from '../../../network.js'
import type { NewParameter, Value } from '../graph-builder.js'
import {
  type LayerCall,
  type LayerConverter,
  configField,
  requireChannelsLast,
  singleInput,
  toOwnAxis,
  unsupported,
} from './layer-converter.js'

const filled = (size: number, value: number): NewParameter => ({
  shape: [size],
  data: new Float32Array(size).fill(value),
})

const statistic = (tensor: TensorData): NewParameter => ({ ...tensor, trainable: false })

const batchNormalization: LayerConverter = {
  classNames: ['BatchNormalization', 'SyncBatchNormalization'],
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
      attributes: { epsilon: configField(call, 'epsilon', z.number().default(1e-3)) },
      parameters: {
        scale: configField(call, 'scale', z.boolean().default(true)) ? call.weight('gamma') : filled(channels, 1),
        shift: configField(call, 'center', z.boolean().default(true)) ? call.weight('beta') : filled(channels, 0),
        mean: statistic(mean),
        variance: statistic(call.weight('moving_variance')),
      },
    })
  },
}

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

export const normalizationConverters: readonly LayerConverter[] = [batchNormalization, rescaling, normalization]
