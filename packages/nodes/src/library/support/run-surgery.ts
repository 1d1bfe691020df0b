import { fixOf, isGraftError } from '@graft/errors'
import { NodeError } from '../../sdk/node-error.js'

/**
 * Runs a surgery, or looks a path up; an error that explains itself but names no field becomes a failure of that field,
 * so that the canvas can light it.
 */
export function atField<Result>(field: string, operate: () => Result): Result {
  try {
    return operate()
  } catch (error) {
    throw withField(field, error, `Change "${field}" of this node, or the nodes before it.`)
  }
}

/** The same error as a failure of that field; one that names its field, or doesn't explain itself, as it is. */
export function withField(field: string, error: unknown, otherwise: string): unknown {
  if (!isGraftError(error) || error.field !== undefined || error.code === 'internal') return error
  return new NodeError(field, error.message, fixOf(error, otherwise), { cause: error })
}
