import { isGraftError } from './graft-error.js'

/** All that an error, or whatever else was thrown, says to a person, in one text: what happened, and how to fix it. */
export function textOf(error: unknown): string {
  if (isGraftError(error)) return joinSentences(error.message, error.fix)
  return error instanceof Error ? error.message : String(error)
}

/** What happened, without how to fix it: for an error that goes on with advice of its own. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** How to fix it: an error's own advice, or `otherwise` when it has none. */
export const fixOf = (error: unknown, otherwise: string): string =>
  isGraftError(error) && error.fix !== '' ? error.fix : otherwise

/** Two texts as one, of which the second may be empty. */
export const joinSentences = (message: string, fix: string): string => (fix === '' ? message : `${message} ${fix}`)
