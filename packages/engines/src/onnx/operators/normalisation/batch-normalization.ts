import { elementCount, numberAttribute, runningShare } from '@graft/network/operators'
import { firstName, firstShape, parameterName } from '../support/gradient-support.js'
import { graphMath } from '../support/graph-math.js'
import type { GradientCall, LayerGradients, TrainingCall, TrainingRule } from '../support/training-rule.js'
import { blockedLayoutOf, channelMath } from './channel-math.js'

/** A `batch` layer uses the batch's statistics and moves the stored ones towards them, as the operator says. */
export const batchNormalizationRule: TrainingRule = {
  operator: 'BatchNormalization',
  forward: (call) => (call.layer.statistics === 'batch' ? normaliseWithBatch(call) : normaliseWithStored(call)),
  gradient: (call) => (call.layer.statistics === 'batch' ? batchGradient(call) : storedGradient(call)),
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
  const share = runningShare(call)
  const moved = (slot: string, newest: string, factor: number): string =>
    math.add(math.mul(parameterName(call, slot), 1 - share), math.mul(newest, share * factor))
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
