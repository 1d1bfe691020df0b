import type { NodeRunState, Queue, RunState } from '@graft/graph-schema'
import { significant, whole } from '../ui/format.js'

/** How far a run is, as one bar shows it. */
export interface RunProgress {
  /** Nodes that are done, and all that are to run. */
  readonly done: number
  readonly total: number
  /** 0 to 1; a running node counts with its own share. */
  readonly fraction: number
  readonly running: readonly string[]
  /** Of the slowest running node; null when it isn't known. */
  readonly etaSeconds: number | null
}

const finished: readonly NodeRunState['status'][] = ['done', 'cached', 'failed', 'skipped']

export function progressOf({ nodes }: Pick<RunState, 'nodes'>): RunProgress {
  const entries = Object.entries(nodes)
  const done = entries.filter(([, { status }]) => finished.includes(status)).length
  const running = entries.filter(([, { status }]) => status === 'running')
  const part = running.reduce(
    (sum, [, { progress }]) =>
      sum + (progress === undefined || progress.total === 0 ? 0 : Math.min(1, progress.done / progress.total)),
    0,
  )
  const etas = running.flatMap(([, { progress }]) => progress?.etaSeconds ?? [])
  return {
    done,
    total: entries.length,
    fraction: entries.length === 0 ? 0 : (done + part) / entries.length,
    running: running.map(([id]) => id),
    etaSeconds: etas.length === 0 ? null : Math.max(...etas),
  }
}

/** Where a waiting run stands: 1 is next. Null when it doesn't wait. */
export function queuePosition(queue: Queue | null, run: string | null): number | null {
  const index = queue?.queued.findIndex(({ id }) => id === run) ?? -1
  return index < 0 ? null : index + 1
}

/** `1,240 images/s` for the rate of training steps, `3.2/s` where what is counted has been named. */
export function rateText({ imagesPerUnit }: NonNullable<NodeRunState['progress']>, perSecond: number): string {
  return imagesPerUnit === undefined ? `${significant(perSecond)}/s` : `${whole(perSecond * imagesPerUnit)} images/s`
}
