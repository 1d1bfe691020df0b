import type { TrainingRule } from '../support/training-rule.js'

export const parameterValueRule: TrainingRule = {
  operator: 'ParameterValue',
  gradient: (call) => ({
    parameters: Object.fromEntries([...call.needsParameter].map((slot) => [slot, call.gradient])),
  }),
}
