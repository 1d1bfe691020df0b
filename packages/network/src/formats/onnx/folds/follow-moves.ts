import { type Fold, FoldBudget } from '../values/fold-support.js'
import { type Constant, constant, isFloat, type Moved } from '../values/graph-value.js'
import { NodeCall } from '../values/node-call.js'

/** Operators that move or pick elements of their first input and compute nothing. */
const moving = new Set([
  'Gather',
  'Reshape',
  'Transpose',
  'Squeeze',
  'Unsqueeze',
  'Slice',
  'Flatten',
  'Expand',
  'Identity',
])

/**
 * Remembers of constants that nodes move or pick from a weight where each element came from, so that a bias that is looked up in
 * a table can be learned as the table. Nothing is computed until it is asked for.
 */
export function followMoves(call: NodeCall, fold: Fold, results: readonly Constant[]): readonly Constant[] {
  const [source] = call.inputs
  const [result] = results
  if (!moving.has(call.node.operator) || source?.kind !== 'constant' || !isFloat(source.type) || result === undefined)
    return results
  if (source.origin === null && source.moved === undefined) return results
  const moved = (): Moved => {
    const before = source.moved?.() ?? { weight: source, places: Float64Array.from(source.read(), (_, index) => index) }
    const traced = constant('float64', source.shape, Float64Array.from(before.places))
    const again = new NodeCall(call.node, [traced, ...call.inputs.slice(1)], call.opset)
    const [places] = [fold(again, new FoldBudget(source.read().length + result.read().length))].flat()
    return { weight: before.weight, places: places?.read() ?? new Float64Array() }
  }
  return [{ ...result, moved }, ...results.slice(1)]
}
