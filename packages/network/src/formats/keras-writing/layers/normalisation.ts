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

/**
 * A vector divided by its length. Keras 2 has no layer for that, but one that divides by the deviation: of a vector and its
 * opposite, one behind the other, the mean is 0 and the deviation the length over the root of their number. The mean of the
 * two halves, of which the second counts nothing, is the vector again.
 */
export const unitLength: OperatorWriter = {
  operators: ['UnitLength'],
  write: (call) => {
    const [input] = call.inputs
    const [, size = 0, ...others] = call.inputShapes[0] ?? []
    if (input === undefined || others.length > 0) return call.refuse('it is the length of something else than a vector')
    const opposite = affine(
      call,
      input,
      size,
      () => -1,
      () => 0,
    )
    const both = call.add('Concatenate', { axis: -1 }, [input, opposite])
    const gamma = {
      shape: [2 * size],
      data: Float32Array.from({ length: 2 * size }, (_, place) => (place < size ? 2 / Math.sqrt(size) : 0)),
    }
    const divided = call.add('LayerNormalization', { axis: -1, epsilon: 1e-12, center: false, scale: true }, [both], {
      gamma,
    })
    const halves = call.add('Reshape', { target_shape: [2, 1, size] }, [divided])
    return call.add('GlobalAveragePooling2D', { data_format: 'channels_last' }, [halves])
  },
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
