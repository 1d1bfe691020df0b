import { setTimeout as pause } from 'node:timers/promises'
import { databaseTrouble } from './database-trouble.js'

const firstPause = 20
const longestPause = 2000

export interface Patience {
  /** Milliseconds after which the error is thrown. */
  readonly milliseconds: number
  /** Aborted: one last try, then the error is thrown. */
  readonly signal?: AbortSignal | undefined
  /** Try again after any error, and not only while the database is busy or full. */
  readonly whatever?: boolean
}

/**
 * Writes to the database until it succeeds: a lock goes away and a full disk is cleared, so what is written meanwhile
 * waits, a little longer each time, without blocking the process. Throws the last error when patience ends.
 */
export async function persist<Result>(
  write: () => Result,
  { milliseconds, signal, whatever = false }: Patience,
): Promise<Result> {
  const end = performance.now() + milliseconds
  for (let wait = firstPause; ; wait = Math.min(longestPause, 2 * wait)) {
    try {
      return write()
    } catch (error) {
      const mayHelp = whatever || databaseTrouble(error) !== null
      if (!mayHelp || performance.now() + wait > end || signal?.aborted) throw error
    }
    await pause(wait, undefined, { signal }).catch(() => undefined)
  }
}
