import { secondsOfRun } from '@graft/graph-schema'
import type { RunSummary } from '@graft/graph-schema'
import { useEffect, useMemo, useState } from 'react'

/**
 * Seconds that a run took, or has been running for, kept fresh; null: it never started. From the moment when the page
 * heard of it, time is counted by a clock that nobody sets.
 */
export function useRunSeconds({
  startedAt,
  finishedAt,
  runningMilliseconds,
}: Pick<RunSummary, 'startedAt' | 'finishedAt' | 'runningMilliseconds'>): number | null {
  const [steady, setSteady] = useState(() => performance.now())
  const told = useMemo(
    () => ({
      steady: performance.now(),
      wall: Date.now(),
      run: {
        ...(startedAt !== undefined && { startedAt }),
        ...(finishedAt !== undefined && { finishedAt }),
        ...(runningMilliseconds !== undefined && { runningMilliseconds }),
      },
    }),
    [startedAt, finishedAt, runningMilliseconds],
  )
  const live = startedAt !== undefined && finishedAt === undefined
  useEffect(() => {
    if (!live) return
    const timer = setInterval(() => setSteady(performance.now()), 1000)
    return () => clearInterval(timer)
  }, [live])
  const since = Math.max(0, steady - told.steady)
  return secondsOfRun(told.run, told.wall + since, since)
}
