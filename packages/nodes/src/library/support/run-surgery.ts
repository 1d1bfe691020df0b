import { NetworkError } from '@graft/network'
import { NodeError } from '../../sdk/define-node.js'

/**
 * Runs a surgery, or looks a path up; a NetworkError, or a NodeError without a field, becomes a failure of that field,
 * so that the canvas can light it.
 */
export function atField<Result>(field: string, operate: () => Result): Result {
  try {
    return operate()
  } catch (error) {
    if (error instanceof NetworkError)
      throw new NodeError(field, error.message, `Change "${field}" of this node, or the nodes before it.`)
    if (error instanceof NodeError && error.field === null) throw new NodeError(field, error.message, error.fix)
    throw error
  }
}
