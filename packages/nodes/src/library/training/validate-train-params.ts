import type { Problem } from '@graft/graph-schema'
import type { TrainParams } from './train-params.js'

/** Rules between fields, and rates that are known to end badly (research/transfer-learning.md, L11). */
export function validateTrainParams(params: TrainParams): readonly Omit<Problem, 'node'>[] {
  return rules.flatMap((rule) => rule(params) ?? [])
}

type Rule = (params: TrainParams) => Omit<Problem, 'node'> | null

const rules: readonly Rule[] = [
  ({ schedule, warmup }) =>
    schedule === 'oneCycle' && warmup > 0
      ? {
          code: 'warmup-ignored',
          severity: 'warning',
          field: 'warmup',
          message: 'The one-cycle schedule warms up by itself, so warmup is not used.',
          fix: 'Set warmup to 0, or choose another schedule.',
        }
      : null,
  ({ optimizer, nesterov, momentum }) =>
    optimizer === 'sgd' && nesterov && momentum === 0
      ? {
          code: 'nesterov-without-momentum',
          severity: 'error',
          field: 'nesterov',
          message: 'Nesterov needs momentum, but momentum is 0.',
          fix: 'Raise momentum to 0.9, or switch nesterov off.',
        }
      : null,
  ({ optimizer, learningRate }) =>
    optimizer !== 'sgd' && learningRate > 0.1
      ? {
          code: 'rate-high',
          severity: 'warning',
          field: 'learningRate',
          message: `A learning rate of ${learningRate} is very high for ${optimizer}; training may diverge.`,
          fix: 'Try 0.001 to 0.01.',
        }
      : null,
]
