import type { RunSummary } from './run-summary.js'

/**
 * Seconds that a run took, or has been running for; null: it never started. `now`: milliseconds since 1970, which count
 * only where nobody said how long a run has been running; `sinceTold`: milliseconds since that was said.
 */
export function secondsOfRun(
  { startedAt, finishedAt, runningMilliseconds }: Pick<RunSummary, 'startedAt' | 'finishedAt' | 'runningMilliseconds'>,
  now: number,
  sinceTold = 0,
): number | null {
  if (startedAt === undefined) return null
  if (finishedAt === undefined && runningMilliseconds !== undefined) return (runningMilliseconds + sinceTold) / 1000
  return Math.max(0, ((finishedAt === undefined ? now : Date.parse(finishedAt)) - Date.parse(startedAt)) / 1000)
}
