import { tableLookup } from '@graft/network/operators'
import { parameterShape, sumToShape } from '../support/gradient-support.js'
import { graphMath } from '../support/graph-math.js'
import type { GradientCall, TrainingRule } from '../support/training-rule.js'

export const tableBiasRule: TrainingRule = {
  operator: 'TableBias',
  gradient: (call) => ({
    inputs: [call.needsInput[0] ? call.gradient : undefined],
    parameters: call.needsParameter.has('table') ? { table: tableGradient(call) } : {},
  }),
}

/** Every entry gets the sum of what was added from it. */
function tableGradient(call: GradientCall): string {
  const { build } = call
  const math = graphMath(build)
  const { axis, indices, shape } = tableLookup(call)
  const table = parameterShape(call, 'table')
  const [entries = 1, heads = 1] = axis === 0 ? table : [table[1], table[0]]
  const rows = math.reshape(sumToShape(build, call.gradient, call.outputShape, shape), [heads, indices.length])
  const places = build.add('Expand', [
    build.add('Reshape', [build.integers(indices), build.integers([1, indices.length])]),
    build.integers([heads, indices.length]),
  ])
  const zeros = math.expand(build.floats([1, 1], [0]), [heads, entries])
  const summed = build.add('ScatterElements', [zeros, places, rows], { axis: 1, reduction: 'add' })
  return axis === 0 ? math.transpose(summed, [1, 0]) : summed
}
