import { withSearch } from '@graft/graph-schema'
import { manifestOf } from '@graft/nodes'
import { Command } from 'commander'
import { callError } from '../../cli-error.js'
import { loadGraph } from '../../load-graph.js'
import type { Surroundings } from '../../surroundings.js'
import { withPlugins } from '../../with-plugins.js'
import { applySettings } from '../../apply-settings.js'
import { runLoaded, withRunOptions } from './run.js'
import type { RunFlags } from './run.js'

interface SearchFlags extends RunFlags {
  readonly minutes?: string
  readonly trials?: string
}

/** `graft search GRAPH`: the best network that can be made of the graph's networks and images within a budget. */
export function searchCommand(around: Surroundings, exit: (code: number) => void): Command {
  return withRunOptions(
    new Command('search').description(
      "Try networks, cuts, recipes, rates and augmentation on a graph's images within a budget; the winner is evaluated on the test images at the end",
    ),
  )
    .option('--minutes <number>', 'limit of time; 0: none (default: 10)')
    .option('--trials <number>', 'most candidates (default: 16)')
    .action(async (given: string, flags: SearchFlags) => exit(await search(given, flags, await withPlugins(around))))
}

async function search(
  given: string,
  { minutes, trials, ...flags }: SearchFlags,
  around: Surroundings,
): Promise<number> {
  const loaded = await loadGraph(given, around)
  const document = applySettings(loaded.document, flags.set)
  // What is no number is refused by the node's own check, with its field.
  const params = {
    ...(minutes === undefined ? {} : { minutes: Number(minutes) }),
    ...(trials === undefined ? {} : { trials: Number(trials) }),
  }
  const searched = withSearch(document, around.library.map(manifestOf), params)
  if (searched === null)
    throw callError(
      'nothing-to-search',
      'There is no network or no training part of images in this graph.',
      'Put Load Backbone and, behind the images, Split into it.',
    )
  return runLoaded(loaded, searched.document, { ...flags, to: [searched.evaluation ?? searched.search] }, around)
}
