import { Command } from 'commander'
import type { Problem, RunState } from '@graft/graph-schema'
import { colorsFor } from '../../../text/colors.js'
import type { Colors } from '../../../text/colors.js'
import { formatProblem } from '../../format-problem.js'
import { formatDuration, formatMetric, oneLine } from '../../../text/format-values.js'
import type { Surroundings } from '../../surroundings.js'
import { nameNodes } from '../../view/lines-of-event.js'
import type { NameNode } from '../../view/lines-of-event.js'
import { findRun, openRuns } from './find-run.js'
import { duration, paint, resultOf } from './runs.js'

/** `graft show RUN`: a run with the state of every node. */
export function showCommand({ library }: Surroundings): Command {
  return new Command('show')
    .description('Show a run: its nodes, numbers and problems')
    .argument('<run>', 'id of the run, the last characters of it, or "last"')
    .option('--json', 'print everything as JSON')
    .action((given: string, { json }: { readonly json?: boolean }) => {
      const { store } = openRuns()
      const { summary } = findRun(store, given)
      const state = store.state(summary.id)
      const { document } = store.requestOf(summary.id)
      if (json) return void process.stdout.write(`${JSON.stringify({ run: summary, document, state }, null, 2)}\n`)
      const colors = colorsFor(process.stdout)
      const name = nameNodes(document, new Map(library.map(({ type, title }) => [type, title])))
      const head = [
        `${colors.bold(oneLine(summary.graphName))}  ${summary.id}`,
        `${paint(summary, colors)(summary.status)}  ${duration(summary)}  ${resultOf(summary)}`.trimEnd(),
        '',
      ]
      process.stdout.write(`${[...head, ...nodeLines(state, name, colors)].join('\n')}\n`)
    })
}

function nodeLines(state: RunState, name: NameNode, colors: Colors): string[] {
  const nodes = Object.entries(state.nodes)
  const width = Math.max(4, ...nodes.map(([id]) => name(id).length))
  return nodes.flatMap(([id, node]) => {
    const time = node.milliseconds === undefined ? '' : formatDuration(node.milliseconds)
    const metrics = Object.values(node.metrics)
      .map((metric) => `${metric.name} (${metric.split}) ${formatMetric(metric.value)}`)
      .slice(0, 4)
      .join(', ')
    const problem =
      node.problem === undefined
        ? []
        : formatProblem(node.problem as Problem, colors)
            .split('\n')
            .map((line) => `  ${line}`)
    return [
      `${name(id).padEnd(width)}  ${node.status.padEnd(7)}  ${time.padStart(11)}  ${colors.dim(metrics)}`.trimEnd(),
      ...problem,
    ]
  })
}
