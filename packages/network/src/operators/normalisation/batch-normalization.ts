import type { Tensor } from '@tensorflow/tfjs-core'
import type { ForwardCall, Operator } from '../../operator.js'
import { type AttributedCall, numberAttribute } from '../support/attributes.js'
import { expectParameter, firstInput, shapeError } from '../support/shape-support.js'
import { firstMap, firstPlain, firstValue, parameterTensor } from '../support/value-support.js'

/** Share of the newest batch in the running statistics: PyTorch's `momentum`, and what ONNX's and Keras's leaves. */
export const runningShare = (call: AttributedCall): number =>
  Number((1 - numberAttribute(call, 'momentum')).toPrecision(7))

/**
 * Batch normalisation over every axis but the channels. `frozen` layers and evaluation use the stored statistics; a
 * `batch` layer in training uses the batch's and moves the stored ones towards them (unbiased variance, as in PyTorch).
 */
export const batchNormalization: Operator = {
  name: 'BatchNormalization',
  parameters: {
    scale: { role: 'scale' },
    shift: { role: 'shift' },
    mean: { role: 'mean' },
    variance: { role: 'variance' },
  },
  arity: 1,
  attributes: { epsilon: 1e-5, momentum: 0.9 },
  shape: (call) => {
    const input = firstInput(call)
    const channels = input[1]
    if (channels === undefined)
      throw shapeError(
        call,
        'an input with a channel axis [batch, channels, ...]',
        'Place the normalisation after a convolution or fully connected layer.',
      )
    for (const slot of ['scale', 'shift', 'mean', 'variance']) expectParameter(call, slot, [channels])
    return input
  },
  reach: () => ({ mixes: [] }),
  forward: (call) => {
    const isMap = firstValue(call).tensor.rank === 4
    const input = isMap ? firstMap(call) : firstPlain(call)
    const useBatch = call.training && call.layer.statistics === 'batch'
    return {
      tensor: useBatch ? withBatchStatistics(call, input, isMap) : withStoredStatistics(call, input, isMap),
      layout: isMap ? 'nhwc' : 'plain',
    }
  },
}

/**
 * Per-channel values in the shape that broadcasts against the input: channels-last maps and [n, c] need none, [n, c, t]
 * a trailing axis.
 */
function perChannel(call: ForwardCall, values: Tensor, input: Tensor, isMap: boolean): Tensor {
  return isMap || input.rank === 2
    ? values
    : call.tf.reshape(values, [values.size, ...Array<number>(input.rank - 2).fill(1)])
}

function withStoredStatistics(call: ForwardCall, input: Tensor, isMap: boolean): Tensor {
  const { tf } = call
  const deviation = tf.sqrt(tf.add(parameterTensor(call, 'variance'), numberAttribute(call, 'epsilon')))
  const factor = tf.div(parameterTensor(call, 'scale'), deviation)
  const offset = tf.sub(parameterTensor(call, 'shift'), tf.mul(parameterTensor(call, 'mean'), factor))
  return tf.add(tf.mul(input, perChannel(call, factor, input, isMap)), perChannel(call, offset, input, isMap))
}

function withBatchStatistics(call: ForwardCall, input: Tensor, isMap: boolean): Tensor {
  const { tf } = call
  const channelAxis = isMap ? 3 : 1
  const axes = input.shape.map((_, axis) => axis).filter((axis) => axis !== channelAxis)
  const mean = tf.mean(input, axes, true)
  const centred = tf.sub(input, mean)
  const variance = tf.mean(tf.square(centred), axes, true)
  moveRunningStatistics(call, tf.reshape(mean, [-1]), tf.reshape(variance, [-1]), input.size)
  const factor = tf.mul(
    perChannel(call, parameterTensor(call, 'scale'), input, isMap),
    tf.rsqrt(tf.add(variance, numberAttribute(call, 'epsilon'))),
  )
  return tf.add(tf.mul(centred, factor), perChannel(call, parameterTensor(call, 'shift'), input, isMap))
}

function moveRunningStatistics(call: ForwardCall, mean: Tensor, variance: Tensor, size: number): void {
  const { tf } = call
  const count = size / mean.size
  const unbiased = tf.mul(variance, count / Math.max(1, count - 1))
  const share = runningShare(call)
  const moved = (slot: string, newest: Tensor): Tensor =>
    tf.add(tf.mul(parameterTensor(call, slot), 1 - share), tf.mul(newest, share))
  call.updateParameter('mean', moved('mean', mean))
  call.updateParameter('variance', moved('variance', unbiased))
}
