import { sliceRanges } from '@graft/network/operators'
import { firstShape, scatterAlong } from '../support/gradient-support.js'
import { graphMath } from '../support/graph-math.js'
import type { GradientCall, TrainingRule } from '../support/training-rule.js'

export const sliceRule: TrainingRule = { operator: 'Slice', gradient: (call) => ({ inputs: [sliceGradient(call)] }) }

/** Zeros around runs of neighbours; entries that were picked one by one go back through a 0/1 matrix. */
function sliceGradient(call: GradientCall): string {
  const { build } = call
  const input = firstShape(call)
  const ranges = sliceRanges(call, input)
  const before = input.map(() => 0)
  const after = input.map(() => 0)
  const shape = [...call.outputShape]
  let gradient = call.gradient
  for (const { axis, start, step, count } of ranges) {
    const size = input[axis] ?? 1
    if (step === 1) {
      before[axis] = start
      after[axis] = size - start - count
      continue
    }
    gradient = scatterAlong(
      build,
      gradient,
      shape,
      axis,
      size,
      Array.from({ length: count }, (_, index) => start + index * step),
    )
    shape[axis] = size
  }
  return graphMath(build).pad(gradient, before, after)
}
