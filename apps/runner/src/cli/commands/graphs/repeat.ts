import { listNames, withRepeat } from '@graft/graph-schema'
import { manifestOf } from '@graft/nodes'
import { Command } from 'commander'
import { callError } from '../../cli-error.js'
import { loadGraph } from '../../load-graph.js'
import type { Surroundings } from '../../surroundings.js'
import { withPlugins } from '../../with-plugins.js'
import { applySettings } from '../../apply-settings.js'
import { runLoaded, withRunOptions } from './run.js'
import type { RunFlags } from './run.js'

interface RepeatFlags extends RunFlags {
  readonly folds: string
  readonly seeds: string
  readonly of?: string
}

/** `graft repeat GRAPH`: how good a graph is on average, how sure that is, and how far runs differ. */
export function repeatCommand(around: Surroundings, exit: (code: number) => void): Command {
  return withRunOptions(
    new Command('repeat').description(
      'Run a training graph several times, with folds or seeds: mean, interval and spread. Runs that were done are reused',
    ),
  )
    .option('--folds <number>', 'cross-validation with so many folds; 0: always the same test images', '5')
    .option('--seeds <number>', 'all of it with so many seeds', '1')
    .option('--of <node>', 'the evaluation to repeat (default: the last one)')
    .action(async (given: string, flags: RepeatFlags) => exit(await repeat(given, flags, await withPlugins(around))))
}

async function repeat(
  given: string,
  { folds, seeds, of, ...flags }: RepeatFlags,
  around: Surroundings,
): Promise<number> {
  const loaded = await loadGraph(given, around)
  const document = applySettings(loaded.document, flags.set)
  // What is no number is refused by the node's own check, with its field.
  const params = { folds: Number(folds), seeds: Number(seeds) }
  const repeated = withRepeat(document, around.library.map(manifestOf), params, of)
  if (repeated === null)
    throw callError(
      'nothing-to-repeat',
      of === undefined ? 'Nothing is evaluated in this graph.' : `"${of}" evaluates nothing in this graph.`,
      `Put Evaluate behind the trained network. The nodes are: ${listNames(Object.keys(document.nodes), 20)}.`,
    )
  return runLoaded(loaded, repeated.document, { ...flags, to: [repeated.node] }, around)
}
