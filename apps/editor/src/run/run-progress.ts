import type { NodeManifest, NodeRunState, Queue, RunState } from '@graft/graph-schema'
import { significant, whole } from '../ui/format.js'

/** How far a run is, as one bar shows it. */
export interface RunProgress {
  /** Nodes that are done, and all that are to run. */
  readonly done: number
  readonly total: number
  /**
   * 0 to 1, of the work: a running node counts with its own share, and one that trains for more than one that reads.
   */
  readonly fraction: number
  readonly running: readonly string[]
  /** Of the slowest running node; null when it isn't known. */
  readonly etaSeconds: number | null
}

const finished: readonly NodeRunState['status'][] = ['done', 'cached', 'failed', 'skipped']

/**
 * About how much of a run's work a node is, as far as its type tells: training outweighs everything, what computes
 * outweighs what only plans.
 */
export function workOf(manifest: NodeManifest | undefined): number {
  if (manifest?.usesEngine !== true) return 1
  return Object.values(manifest.outputs).some(({ kind }) => kind === 'model') ? 60 : 10
}

/**
 * @param work how much of the work each node is, for those of which no time is known; all the same where it isn't told
 */
export function progressOf({ nodes }: Pick<RunState, 'nodes'>, work: (id: string) => number = () => 1): RunProgress {
  const entries = Object.entries(nodes)
  const done = entries.filter(([, { status }]) => finished.includes(status)).length
  const running = entries.filter(([, { status }]) => status === 'running')
  const weights = timesOf(entries, work)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const behind = entries.reduce((sum, [, node], index) => sum + (weights[index] ?? 0) * shareOf(node), 0)
  const etas = running.flatMap(([, { progress }]) => progress?.etaSeconds ?? [])
  return {
    done,
    total: entries.length,
    fraction: total === 0 ? (done > 0 && done === entries.length ? 1 : 0) : behind / total,
    running: running.map(([id]) => id),
    etaSeconds: etas.length === 0 ? null : Math.max(...etas),
  }
}

/**
 * About how long each node takes. Of those that are done it is known, of the running one its estimate tells; the others
 * take as long for their work as these did. Before anything is known, work stands for time.
 */
function timesOf(
  entries: readonly (readonly [string, NodeRunState])[],
  work: (id: string) => number,
): readonly number[] {
  const known = entries.map(([id, node]) => ({ work: work(id), seconds: secondsOf(node) }))
  const measured = known.filter(({ seconds }) => seconds !== null && seconds > shortest)
  const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0)
  const perWork =
    measured.length === 0 ? 1 : sum(measured.map(({ seconds }) => seconds ?? 0)) / sum(measured.map((one) => one.work))
  return known.map((one) =>
    measured.length === 0 && one.seconds !== 0 ? one.work : (one.seconds ?? one.work * perWork),
  )
}

/** A node that took less says nothing of how fast this computer is. */
const shortest = 0.2

/** How long a node takes in all; zero where it is reused or left out, null where nothing tells. */
function secondsOf({ status, milliseconds, progress }: NodeRunState): number | null {
  if (status === 'cached' || status === 'skipped') return 0
  if (status === 'done' && milliseconds !== undefined) return milliseconds / 1000
  if (status !== 'running' || progress === undefined || progress.etaSeconds === null) return null
  const left = 1 - progress.done / Math.max(1, progress.total)
  return left <= 0 ? null : progress.etaSeconds / left
}

function shareOf({ status, progress }: NodeRunState): number {
  if (finished.includes(status)) return 1
  if (status !== 'running' || progress === undefined || progress.total === 0) return 0
  return Math.min(1, progress.done / progress.total)
}

/** What a node is at: `Train the head: 512/3,000 image features`. */
export const doingText = (name: string, progress: NodeRunState['progress']): string =>
  progress === undefined ? name : `${name}: ${whole(progress.done)}/${whole(progress.total)} ${progress.unit}`

/** Where a waiting run stands: 1 is next. Null when it doesn't wait. */
export function queuePosition(queue: Queue | null, run: string | null): number | null {
  const index = queue?.queued.findIndex(({ id }) => id === run) ?? -1
  return index < 0 ? null : index + 1
}

/** `1,240 images/s` for the rate of training steps, `3.2/s` where what is counted has been named. */
export function rateText({ imagesPerUnit }: NonNullable<NodeRunState['progress']>, perSecond: number): string {
  return imagesPerUnit === undefined ? `${significant(perSecond)}/s` : `${whole(perSecond * imagesPerUnit)} images/s`
}
