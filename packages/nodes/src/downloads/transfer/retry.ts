import { setTimeout as after } from 'node:timers/promises'
import { DownloadError } from '../download-error.js'
import type { DownloadLimits } from './limits.js'

/** A try that failed in a way that another may not. */
export class TryAgain extends Error {
  constructor(
    readonly failure: DownloadError,
    /** Pause that the server asked for, in milliseconds. */
    readonly pause: number | null = null,
  ) {
    super(failure.message)
  }
}

export interface RetryOptions {
  readonly signal: AbortSignal
  readonly limits: DownloadLimits
  /** How much is here by now: a try that brought something starts the count anew. */
  progress(): Promise<number>
}

/** Tries until it works, gives up, or the limits are reached; then throws what the last try failed with. */
export async function retry<Result>(attempt: () => Promise<Result>, options: RetryOptions): Promise<Result> {
  const { limits, signal } = options
  let reached = await options.progress()
  for (let fruitless = 1; ; fruitless += 1) {
    try {
      return await attempt()
    } catch (error) {
      const again = asTryAgain(error)
      if (signal.aborted || again === null) throw error
      const now = await options.progress()
      if (now > reached) [reached, fruitless] = [now, 1]
      if (fruitless >= limits.tries || (again.pause ?? 0) > limits.longestPause) throw again.failure
      await after(again.pause ?? limits.pause * 2 ** (fruitless - 1), undefined, { signal })
    }
  }
}

function asTryAgain(error: unknown): TryAgain | null {
  if (error instanceof TryAgain) return error
  return error instanceof DownloadError && error.fault === 'broken' ? new TryAgain(error) : null
}

/** The pause that `Retry-After` asks for, in milliseconds: seconds, or a date. Null when it says nothing. */
export function pauseOf(header: string | undefined, now: number): number | null {
  if (header === undefined) return null
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000
  const date = Date.parse(header)
  return Number.isNaN(date) ? null : Math.max(0, date - now)
}
