import { averageCorrection } from '@graft/network/operators'
import { firstShape } from '../support/gradient-support.js'
import type { TrainingRule } from '../support/training-rule.js'
import { blockedMaxPoolGradient } from './blocked-pooling-gradient.js'
import { blockedMaxPool } from './blocked-pooling.js'
import { averagePoolGradient, maxPoolGradient, maxPoolWithIndices } from './pooling-gradient.js'

export const maxPoolRule: TrainingRule = {
  operator: 'MaxPool',
  forward: (call) => blockedMaxPool(call) ?? maxPoolWithIndices(call).maxima,
  gradient: (call) => ({
    inputs: [blockedMaxPoolGradient(call) ?? maxPoolGradient(call, maxPoolWithIndices(call).indices)],
  }),
}

export const averagePoolRule: TrainingRule = {
  operator: 'AveragePool',
  gradient: (call) => {
    const [, , height = 1, width = 1] = firstShape(call)
    return { inputs: [averagePoolGradient(call, averageCorrection(call, height, width))] }
  },
}
