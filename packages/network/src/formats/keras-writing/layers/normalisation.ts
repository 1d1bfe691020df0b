import type { TensorData } from '../../../network.js'
import type { KerasValue, OperatorWriter, WriteCall } from '../keras-model.js'

export const batchNormalization: OperatorWriter = {
  operators: ['BatchNormalization'],
  write: (call) => {
    const [gamma, beta, mean, variance] = ['scale', 'shift', 'mean', 'variance'].map((slot) => call.weight(slot))
    const [input] = call.inputs
    if (!gamma || !beta || !mean || !variance || !input) return call.refuse('its numbers are missing')
    const epsilon = Number(call.attributes['epsilon'])
    const momentum = Number(call.attributes['momentum'] ?? 0.99)
    return normalise(call, input, { gamma, beta, mean, variance }, { epsilon, momentum, trainable: true })
  },
}

interface Numbers {
  readonly gamma: TensorData
  readonly beta: TensorData
  readonly mean: TensorData
  readonly variance: TensorData
}

function normalise(
  call: WriteCall,
  input: KerasValue,
  { gamma, beta, mean, variance }: Numbers,
  settings: { readonly epsilon: number; readonly momentum: number; readonly trainable: boolean },
): KerasValue {
  const rank = call.inputShapes[0]?.length ?? 2
  const axis = rank - 1
  const config = { axis, center: true, scale: true, ...settings }
  const weights = { gamma, beta, moving_mean: mean, moving_variance: variance }
  return call.add('BatchNormalization', config, [input], weights)
}

/**
 * `value * factor + offset` per channel (the last axis in Keras), as a normalisation that changes nothing else. It isn't
 * trained: in training, normalisations use the batch's own statistics.
 */
export function affine(
  call: WriteCall,
  input: KerasValue,
  channels: number,
  factor: (channel: number) => number,
  offset: (channel: number) => number,
): KerasValue {
  const filled = (value: (channel: number) => number): TensorData => ({
    shape: [channels],
    data: Float32Array.from({ length: channels }, (_, channel) => value(channel)),
  })
  const numbers = { gamma: filled(factor), beta: filled(offset), mean: filled(() => 0), variance: filled(() => 1) }
  return normalise(call, input, numbers, { epsilon: 0, momentum: 0.99, trainable: false })
}

export const layerNormalization: OperatorWriter = {
  operators: ['LayerNormalization'],
  write: (call) => {
    const [input] = call.inputs
    const gamma = call.weight('scale')
    const beta = call.weight('shift')
    if (input === undefined || gamma?.shape.length !== 1 || input.layout !== 'plain')
      return call.refuse('it normalises more than the last axis')
    const epsilon = Number(call.attributes['epsilon'])
    const config = { axis: -1, epsilon, center: beta !== undefined, scale: true }
    return call.add('LayerNormalization', config, [input], { gamma, ...(beta && { beta }) })
  },
}
