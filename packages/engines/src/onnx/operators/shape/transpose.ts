import { listAttribute } from '@graft/network/operators'
import { graphMath } from '../support/graph-math.js'
import type { TrainingRule } from '../support/training-rule.js'

export const transposeRule: TrainingRule = {
  operator: 'Transpose',
  gradient: (call) => {
    const permutation = listAttribute(call, 'perm')
    const back = permutation.map((_, axis) => permutation.indexOf(axis))
    return { inputs: [graphMath(call.build).transpose(call.gradient, back)] }
  },
}
