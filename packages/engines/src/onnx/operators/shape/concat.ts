import { normaliseAxis, numberAttribute } from '@graft/network/operators'
import { graphMath } from '../support/graph-math.js'
import type { GradientCall, LayerGradients, TrainingRule } from '../support/training-rule.js'

export const concatRule: TrainingRule = { operator: 'Concat', gradient: concatGradient }

function concatGradient(call: GradientCall): LayerGradients {
  const math = graphMath(call.build)
  const axis = normaliseAxis(
    { layer: call.layer, inputs: call.inputShapes },
    numberAttribute(call, 'axis'),
    call.outputShape.length,
  )
  let start = 0
  return {
    inputs: call.inputShapes.map((shape, index) => {
      const count = shape[axis] ?? 1
      const range = { axis, start, count }
      start += count
      if (!call.needsInput[index]) return undefined
      return count === call.outputShape[axis] ? call.gradient : math.slice(call.gradient, [range])
    }),
  }
}
