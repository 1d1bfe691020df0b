import { padAmounts, paddedFrom, padMode } from '@graft/network/operators'
import { firstShape, scatterAlong } from '../support/gradient-support.js'
import { graphMath } from '../support/graph-math.js'
import type { GradientCall, TrainingRule } from '../support/training-rule.js'

export const padRule: TrainingRule = { operator: 'Pad', gradient: (call) => ({ inputs: [padGradient(call)] }) }

function padGradient(call: GradientCall): string {
  const input = firstShape(call)
  const mode = padMode(call)
  const margins = padAmounts(call, input)
  if (mode === 'constant') {
    const padded = margins.flatMap(([before, after], axis) =>
      before + after === 0 ? [] : [{ axis, start: before, count: input[axis] ?? 1 }],
    )
    return graphMath(call.build).slice(call.gradient, padded)
  }
  const shape = [...call.outputShape]
  return margins.reduce((gradient, [before, after], axis) => {
    if (before + after === 0) return gradient
    const size = input[axis] ?? 1
    const scattered = scatterAlong(call.build, gradient, shape, axis, size, paddedFrom(mode, size, before, after))
    shape[axis] = size
    return scattered
  }, call.gradient)
}
