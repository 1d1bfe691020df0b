import { Command } from 'commander'
import { secondsOfRun, titleInText } from '@graft/graph-schema'
import type { RunSummary } from '@graft/graph-schema'
import { colorsFor } from '../../../text/colors.js'
import type { Colors } from '../../../text/colors.js'
import { fit, formatDuration, formatScore, oneLine } from '../../../text/format-values.js'
import { openRuns } from './find-run.js'

/** `graft runs`: what ran, runs and waits, newest first. */
export function runsCommand(): Command {
  return new Command('runs')
    .description('List runs, newest first, no matter who started them')
    .option('--limit <number>', 'how many', '20')
    .option('--json', 'print them as JSON')
    .action(({ limit, json }: { readonly limit: string; readonly json?: boolean }) => {
      const { store } = openRuns()
      const runs = store.list({ limit: Math.max(1, Math.floor(Number(limit)) || 20) }).map((run) => run.summary)
      process.stdout.write(json ? `${JSON.stringify(runs, null, 2)}\n` : table(runs, colorsFor(process.stdout)))
    })
}

const widths = { id: 22, status: 11, time: 12, graph: 32 } as const

function table(runs: readonly RunSummary[], colors: Colors): string {
  if (runs.length === 0) return 'No runs yet. `graft run small-similar` makes one.\n'
  const row = (id: string, status: string, time: string, graph: string, result: string): string =>
    `${id.padEnd(widths.id)}  ${status.padEnd(widths.status)}  ${time.padEnd(widths.time)}  ${graph.padEnd(widths.graph)}  ${result}`.trimEnd()
  const lines = runs.map((run) =>
    row(run.id, run.status, duration(run), fit(oneLine(run.graphName), widths.graph), resultOf(run)).replace(
      run.status,
      paint(run, colors)(run.status),
    ),
  )
  return `${[colors.dim(row('run', 'status', 'time', 'graph', 'result')), ...lines].join('\n')}\n`
}

export function duration(run: RunSummary): string {
  const seconds = secondsOfRun(run, Date.now())
  return seconds === null ? '-' : formatDuration(seconds * 1000)
}

export function resultOf({ headline, problem, progress, status, host }: RunSummary): string {
  if (status === 'failed' || status === 'interrupted') return oneLine(problem?.message ?? '')
  if (headline !== undefined)
    return `${titleInText(headline.metric)} ${formatScore(headline.metric, headline.value)} on ${headline.count} ${headline.split} images`
  if (host !== undefined && status === 'running')
    return `on ${host}, ${progress?.done ?? 0} of ${progress?.total ?? '?'} nodes`
  return progress === undefined ? '' : `${progress.done} of ${progress.total} nodes`
}

export function paint({ status }: RunSummary, colors: Colors): (text: string) => string {
  return {
    queued: colors.dim,
    running: colors.cyan,
    succeeded: colors.green,
    failed: colors.red,
    cancelled: colors.yellow,
    interrupted: colors.yellow,
  }[status]
}
