import { GraftError } from '@graft/errors'

/**
 * A failure for the person at the canvas: the canvas lights the field and shows both texts.
 *
 * @example
 *   throw new NodeError('needed', 'The accuracy is 0.8, and 0.9 is needed.', 'Train longer, or ask for less.')
 */
export class NodeError extends GraftError {
  override readonly name = 'NodeError'
  /**
   * @param field The parameter (`needed`, 'hidden.0') or input port that it is about; null: the node as a whole.
   * @param message What happened and what was expected, in a sentence or two.
   * @param fix What to do about it.
   */
  constructor(field: string | null, message: string, fix: string, options?: ErrorOptions) {
    super({ code: 'node', message, fix, ...(field === null ? {} : { field }) }, options)
  }
}
