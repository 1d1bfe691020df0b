/** What every error for a person answers: what happened and what was expected, how to fix it, and where. */
export interface Explanation {
  /** What kind of error it is, for programs: `node`, `format`, `plugin-stopped`. Messages may change, codes don't. */
  readonly code: string
  /** What happened and what was expected. */
  readonly message: string
  /** What to do about it; empty where the message can't know. */
  readonly fix: string
  /** The parameter (`hidden.0`) or port that it is about. */
  readonly field?: string
}

/**
 * An error that a person is meant to read. Every error class of Graft that explains itself is one, so that a reader
 * needs to know only this shape: no class by its name, no text of a message.
 */
export class GraftError extends Error implements Explanation {
  override readonly name: string = 'GraftError'
  readonly code: string
  readonly fix: string
  declare readonly field?: string

  constructor({ code, message, fix, field }: Explanation, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    this.fix = fix
    if (field !== undefined) this.field = field
  }
}

/**
 * Whether an error explains itself. It goes by the shape and not by the class, because a plugin, or an error that came
 * from another process, may bring a class of its own.
 */
export function isGraftError(error: unknown): error is Error & Explanation {
  if (!(error instanceof Error) || !('code' in error) || !('fix' in error)) return false
  const field = 'field' in error ? error.field : undefined
  return (
    typeof error.code === 'string' &&
    typeof error.fix === 'string' &&
    (field === undefined || typeof field === 'string')
  )
}
