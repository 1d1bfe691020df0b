import { elementwiseGradient, firstShape } from '../support/gradient-support.js'
import type { TrainingRule } from '../support/training-rule.js'

const backToInput: TrainingRule['gradient'] = elementwiseGradient((math, { dy }, call) =>
  math.reshape(dy, firstShape(call)),
)

export const flattenRule: TrainingRule = { operator: 'Flatten', gradient: backToInput }
export const reshapeRule: TrainingRule = { operator: 'Reshape', gradient: backToInput }
export const squeezeRule: TrainingRule = { operator: 'Squeeze', gradient: backToInput }
export const unsqueezeRule: TrainingRule = { operator: 'Unsqueeze', gradient: backToInput }
