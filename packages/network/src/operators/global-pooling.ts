import type { Operator, TrainingCall, Shape, ShapeCall } from '../operator.js'
import { elementwiseGradient, firstName, firstShape } from './gradient-support.js'
import { maxPoolGradient } from './pooling-gradient.js'
import { featureMap } from './shape-support.js'
import { channelsLastValue, firstMap } from './value-support.js'

/** Mean over height and width, keeping both axes with size 1. */
export const globalAveragePool: Operator = {
  name: 'GlobalAveragePool',
  parameters: {},
  arity: 1,
  attributes: {},
  shape: pooledShape,
  forward: (call) => channelsLastValue(call.tf.mean(firstMap(call), [1, 2], true)),
  gradient: elementwiseGradient((math, { dy }, call) => {
    const shape = firstShape(call)
    return math.expand(math.div(dy, (shape[2] ?? 1) * (shape[3] ?? 1)), shape)
  }),
}

/** Maximum over height and width; the gradient goes to the first of equal maxima. */
export const globalMaxPool: Operator = {
  name: 'GlobalMaxPool',
  parameters: {},
  arity: 1,
  attributes: {},
  shape: pooledShape,
  forward: (call) => {
    const input = firstMap(call)
    return channelsLastValue(call.tf.maxPool(input, [input.shape[1], input.shape[2]], 1, 'valid'))
  },
  trainingForward: (call) => wholeMapMaximum(call)[0] ?? '',
  gradient: (call) => ({ inputs: [maxPoolGradient(call, wholeMapMaximum(call)[1] ?? '')] }),
}

function pooledShape(call: ShapeCall): Shape {
  const [batch, channels] = featureMap(call)
  return [batch, channels, 1, 1]
}

/** A window over the whole map, which also tells where the maximum lies. */
function wholeMapMaximum(call: TrainingCall): readonly string[] {
  return call.build.addMany('MaxPool', [firstName(call)], 2, { kernel_shape: firstShape(call).slice(2) })
}
