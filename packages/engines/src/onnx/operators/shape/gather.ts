import { flagAttribute, gatheredEntries } from '@graft/network/operators'
import { firstShape, scatterAlong } from '../support/gradient-support.js'
import { graphMath } from '../support/graph-math.js'
import type { GradientCall, TrainingRule } from '../support/training-rule.js'

export const gatherRule: TrainingRule = { operator: 'Gather', gradient: (call) => ({ inputs: [gatherGradient(call)] }) }

function gatherGradient(call: GradientCall): string {
  const math = graphMath(call.build)
  const input = firstShape(call)
  const { axis, indices } = gatheredEntries(call, input)
  const kept = input.map((size, index) => (index === axis ? indices.length : size))
  const gradient = flagAttribute(call, 'scalar') ? math.reshape(call.gradient, kept) : call.gradient
  const [start = 0] = indices
  const size = input[axis] ?? 1
  if (!indices.every((index, position) => index === start + position))
    return scatterAlong(call.build, gradient, kept, axis, size, indices)
  const along = (amount: number): number[] => input.map((_, index) => (index === axis ? amount : 0))
  return math.pad(gradient, along(start), along(size - start - indices.length))
}
