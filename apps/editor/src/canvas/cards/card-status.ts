import type { GraphNode, NodeRunState, Problem } from '@graft/graph-schema'
import { titleInText } from '@graft/graph-schema'
import { compact, duration, scoreText, timeLeft } from '../../ui/format.js'

export type CardTone = 'idle' | 'waiting' | 'running' | 'done' | 'cached' | 'failed' | 'off' | 'stale'

export interface CardStatus {
  readonly tone: CardTone
  readonly text: string
  /** The whole story, for the tooltip and screen readers. */
  readonly detail: string
  /** 0 to 1; null when nothing runs or the end isn't known. */
  readonly progress: number | null
  /** The newest number that says how it goes, as short as a card needs it (`val 94.1%`), and in full. */
  readonly metric: { readonly text: string; readonly title: string } | null
}

/**
 * What a card says at its foot. `idle` is shown when there is no run, `isStale` when the result is of an older version
 * of the graph.
 */
export function cardStatus(node: GraphNode, run: NodeRunState | undefined, isStale: boolean, idle: string): CardStatus {
  const still = (tone: CardTone, text: string, detail: string): CardStatus => ({
    tone,
    text,
    detail,
    progress: null,
    metric: run === undefined ? null : metricText(run),
  })
  if (node.muted === true) return still('off', 'Muted', 'Muted: neither this node nor what depends on it will run.')
  if (node.bypassed === true) return still('off', 'Bypassed', 'Bypassed: what comes in goes out unchanged.')
  switch (run?.status) {
    case undefined:
    case 'idle':
      return still('idle', idle, idle)
    case 'queued':
      return still('waiting', 'Waiting', 'Waiting for its turn.')
    case 'running':
      return running(run)
    case 'failed':
      if (isStale) return still('stale', 'Out of date', 'It failed before the last edits. Run it again.')
      return still('failed', 'Failed', run.problem?.message ?? 'It failed.')
    case 'skipped':
      return still('off', 'Not run', run.reason ?? 'It was not part of the run.')
    default:
      break
  }
  if (isStale) return still('stale', 'Out of date', 'This result is from before the last edits.')
  if (run?.status === 'cached') return still('cached', 'Reused', run.reason ?? 'Nothing it depends on has changed.')
  const took = run?.milliseconds === undefined ? '' : duration(run.milliseconds / 1000)
  return still(
    'done',
    took === '' ? 'Done' : `Done in ${took}`,
    run?.reason === undefined ? 'Done' : `Ran: ${run.reason}`,
  )
}

function running(run: NodeRunState): CardStatus {
  const { progress } = run
  const share = progress === undefined || progress.total === 0 ? null : Math.min(1, progress.done / progress.total)
  const eta = progress?.etaSeconds === null || progress === undefined ? '' : ` · ${timeLeft(progress.etaSeconds)} left`
  const text =
    progress === undefined ? 'Running' : `${whole(progress.done)}/${whole(progress.total)} ${progress.unit}${eta}`
  return {
    tone: 'running',
    text,
    detail: run.reason === undefined ? text : `${text}. ${run.reason}`,
    progress: share,
    metric: metricText(run),
  }
}

const whole = (value: number): string => compact(Math.floor(value))

/** What people look at first: of the metrics that should rise, else of those that should fall, the task's first one. */
function metricText(run: NodeRunState): CardStatus['metric'] {
  const points = Object.values(run.metrics)
  for (const better of ['higher', 'lower'] as const)
    for (const split of ['test', 'val', 'train'])
      for (const { name, metric, value, split: of } of points)
        if (of === split && metric?.better === better && metric.name === name) {
          const shown = scoreText(metric, value)
          const title = `${split} ${titleInText(metric)} ${shown}`
          return { text: better === 'higher' ? `${split} ${shown}` : title, title }
        }
  return null
}

/** The worst problem of a node, and how many it has. */
export function worstProblem(
  problems: readonly Problem[],
): { readonly severity: Problem['severity']; readonly count: number; readonly text: string } | null {
  const [first] = problems
  if (first === undefined) return null
  // check() lists errors first.
  return { severity: first.severity, count: problems.length, text: problems.map(({ message }) => message).join('\n') }
}
