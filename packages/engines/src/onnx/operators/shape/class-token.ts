import { firstShape } from '../support/gradient-support.js'
import { graphMath } from '../support/graph-math.js'
import type { TrainingRule } from '../support/training-rule.js'

export const classTokenRule: TrainingRule = {
  operator: 'ClassToken',
  gradient: (call) => {
    const math = graphMath(call.build)
    const tokens = firstShape(call)[1] ?? 1
    const added = (call.outputShape[1] ?? 1) - tokens
    const part = (start: number, count: number): string => math.slice(call.gradient, [{ axis: 1, start, count }])
    return {
      inputs: [part(added, tokens)],
      parameters: call.needsParameter.has('token') ? { token: math.sum(part(0, added), [0]) } : {},
    }
  },
}
