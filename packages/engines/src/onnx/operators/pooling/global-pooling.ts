import { elementwiseGradient, firstShape } from '../support/gradient-support.js'
import type { TrainingRule } from '../support/training-rule.js'
import { maxPoolGradient, wholeMapMaximum } from './pooling-gradient.js'

export const globalAveragePoolRule: TrainingRule = {
  operator: 'GlobalAveragePool',
  gradient: elementwiseGradient((math, { dy }, call) => {
    const shape = firstShape(call)
    return math.expand(math.div(dy, (shape[2] ?? 1) * (shape[3] ?? 1)), shape)
  }),
}

/** The gradient goes to the first of equal maxima. */
export const globalMaxPoolRule: TrainingRule = {
  operator: 'GlobalMaxPool',
  forward: (call) => wholeMapMaximum(call).maxima,
  gradient: (call) => ({ inputs: [maxPoolGradient(call, wholeMapMaximum(call).indices)] }),
}
