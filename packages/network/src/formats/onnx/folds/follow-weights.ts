import { isWeight } from '../values/learned.js'
import type { Constant } from '../values/graph-value.js'
import type { NodeCall } from '../values/node-call.js'

/**
 * Remembers of constants that are computed from weights which node did it, so that a network can compute them anew while it learns
 * those (SwinV2's biases come from a small network, BEiT's from joining two lists). A weight whose axes are only put in another
 * order stays the weight that it is.
 */
export function followWeights(call: NodeCall, results: readonly Constant[]): readonly Constant[] {
  const [first] = call.inputs
  const fromWeight = call.inputs.some(
    (value) => value?.kind === 'constant' && (value.computed !== undefined || isWeight(value)),
  )
  const source = { node: call.node, inputs: call.inputs, opset: call.opset }
  if (!fromWeight) return results
  if (call.node.operator === 'Transpose' && first?.kind === 'constant' && isWeight(first))
    return results.map((result) => ({ ...result, turned: true }))
  return results.map((result, output) => (isWeight(result) ? result : { ...result, computed: { ...source, output } }))
}
