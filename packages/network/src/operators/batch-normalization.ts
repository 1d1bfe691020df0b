import type { Tensor } from '@tensorflow/tfjs-core'
import type { ForwardCall, GradientCall, LayerGradients, Operator, TrainingCall } from '../operator.js'
import { numberAttribute } from './attributes.js'
import { blockedLayoutOf, channelMath } from './channel-math.js'
import { firstName, firstShape, graphMath, parameterName } from './gradient-support.js'
import { elementCount, expectParameter, firstInput, shapeError } from './shape-support.js'
import { firstMap, firstPlain, firstValue, parameterTensor } from './value-support.js'

/** Share of the newest batch in the running statistics (PyTorch's `momentum`). */
const runningShare = 0.1

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
  attributes: { epsilon: 1e-5 },
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
  forward: (call) => {
    const isMap = firstValue(call).tensor.rank === 4
    const input = isMap ? firstMap(call) : firstPlain(call)
    const useBatch = call.training && call.layer.statistics === 'batch'
    return {
      tensor: useBatch ? withBatchStatistics(call, input, isMap) : withStoredStatistics(call, input, isMap),
      layout: isMap ? 'nhwc' : 'plain',
    }
  },
  trainingForward: (call) => (call.layer.statistics === 'batch' ? normaliseWithBatch(call) : normaliseWithStored(call)),
  gradient: (call) => (call.layer.statistics === 'batch' ? batchGradient(call) : storedGradient(call)),
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
  const moved = (slot: string, newest: Tensor): Tensor =>
    tf.add(tf.mul(parameterTensor(call, slot), 1 - runningShare), tf.mul(newest, runningShare))
  call.updateParameter('mean', moved('mean', mean))
  call.updateParameter('variance', moved('variance', unbiased))
}

function normaliseWithStored(call: TrainingCall): string {
  if (blockedLayoutOf(call) === null) {
    const inputs = [firstName(call), ...['scale', 'shift', 'mean', 'variance'].map((slot) => parameterName(call, slot))]
    return call.build.add('BatchNormalization', inputs, { epsilon: numberAttribute(call, 'epsilon') })
  }
  const math = graphMath(call.build)
  const factor = math.mul(parameterName(call, 'scale'), reciprocalDeviation(call, parameterName(call, 'variance')))
  const offset = math.sub(parameterName(call, 'shift'), math.mul(parameterName(call, 'mean'), factor))
  return channelMath(call).scaled(firstName(call), { factor, offset })
}

/** One over the deviation, `[c]`. */
function reciprocalDeviation(call: TrainingCall, variance: string): string {
  const math = graphMath(call.build)
  return math.unary('Reciprocal', math.unary('Sqrt', math.add(variance, numberAttribute(call, 'epsilon'))))
}

function storedGradient(call: GradientCall): LayerGradients {
  const { build, gradient } = call
  const math = graphMath(build)
  const channels = channelMath(call)
  const root = reciprocalDeviation(call, parameterName(call, 'variance'))
  const parameters: Record<string, string> = {}
  if (call.needsParameter.has('shift')) parameters['shift'] = channels.sum(gradient)
  if (call.needsParameter.has('scale')) {
    const centred = channels.scaled(firstName(call), { offset: math.unary('Neg', parameterName(call, 'mean')) })
    parameters['scale'] = math.mul(channels.dot(gradient, centred), root)
  }
  return {
    inputs: [
      call.needsInput[0]
        ? channels.scaled(gradient, { factor: math.mul(parameterName(call, 'scale'), root) })
        : undefined,
    ],
    parameters,
  }
}

/** Mean and variance of the batch, `[c]`, and the input minus the mean. */
function batchStatistics(call: TrainingCall): {
  readonly mean: string
  readonly variance: string
  readonly centred: string
} {
  const math = graphMath(call.build)
  const channels = channelMath(call)
  const mean = channels.mean(firstName(call))
  const centred = channels.scaled(firstName(call), { offset: math.unary('Neg', mean) })
  return { mean, centred, variance: math.div(channels.dot(centred, centred), valuesPerChannel(call)) }
}

function valuesPerChannel(call: TrainingCall): number {
  const shape = firstShape(call)
  return elementCount(shape) / (shape[1] ?? 1)
}

function normaliseWithBatch(call: TrainingCall): string {
  const math = graphMath(call.build)
  const { mean, variance, centred } = batchStatistics(call)
  const count = valuesPerChannel(call)
  const moved = (slot: string, newest: string, factor: number): string =>
    math.add(math.mul(parameterName(call, slot), 1 - runningShare), math.mul(newest, runningShare * factor))
  call.updateParameter('mean', moved('mean', mean, 1))
  call.updateParameter('variance', moved('variance', variance, count / Math.max(1, count - 1)))
  const factor = math.mul(parameterName(call, 'scale'), reciprocalDeviation(call, variance))
  return channelMath(call).scaled(centred, { factor, offset: parameterName(call, 'shift') })
}

function batchGradient(call: GradientCall): LayerGradients {
  const { build, gradient } = call
  const math = graphMath(build)
  const channels = channelMath(call)
  const { variance, centred } = batchStatistics(call)
  const root = reciprocalDeviation(call, variance)
  const shift = channels.sum(gradient)
  const scale = math.mul(channels.dot(gradient, centred), root)
  const parameters = { scale, shift }
  if (!call.needsInput[0]) return { parameters }
  // dx = factor * (dy - mean(dy) - normalised * mean(dy * normalised))
  const factor = math.mul(parameterName(call, 'scale'), root)
  const share = math.div(math.unary('Neg', factor), valuesPerChannel(call))
  const towardsMeans = channels.scaled(centred, {
    factor: math.mul(math.mul(scale, root), share),
    offset: math.mul(shift, share),
  })
  return { inputs: [channels.scaled(gradient, { factor, plus: towardsMeans })], parameters }
}
