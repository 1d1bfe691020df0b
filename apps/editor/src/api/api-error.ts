import { problemDetailsSchema } from '@graft/graph-schema'
import type { ProblemDetails } from '@graft/graph-schema'

/**
 * Why a call did not give what was asked for. `details` is what the runner said; null: it was not reached, or answered
 * with something else.
 */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  constructor(
    message: string,
    readonly details: ProblemDetails | null,
    readonly kind: 'refused' | 'offline' | 'unreadable',
  ) {
    super(message)
  }

  get status(): number | null {
    return this.details?.status ?? null
  }
}

/** The error of an answer that isn't a success, from its body where that is problem+json. */
export function errorOfAnswer(status: number, statusText: string, body: unknown): ApiError {
  const parsed = problemDetailsSchema.safeParse(body)
  if (parsed.success) return new ApiError(parsed.data.detail, parsed.data, 'refused')
  const details: ProblemDetails = {
    type: 'about:blank',
    title: statusText,
    status: status >= 400 && status <= 599 ? status : 500,
    detail: statusText,
    code: 'unknown',
  }
  return new ApiError(
    `The server answered ${status}${statusText === '' ? '' : ` (${statusText})`} without saying why. See its log for more.`,
    details,
    'refused',
  )
}

export const offlineError = (): ApiError =>
  new ApiError(
    'The server can’t be reached. Check that `graft serve` is still running; this page reconnects by itself.',
    null,
    'offline',
  )

export const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError'
