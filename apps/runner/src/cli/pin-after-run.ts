import { textOf } from '@graft/errors'
import type { GraphDocument } from '@graft/graph-schema'
import { createPathResolver } from '../executor/resolve-path.js'
import { findHome } from '../home.js'
import type { LoadedGraph } from './load-graph.js'
import { checksumsOf, networksOf, type NetworkOfGraph, writePins } from './pin-networks.js'
import type { Surroundings } from './surroundings.js'

/**
 * Writes the checksums of the networks that a run used into its graph file, and says of each what became of it. Fetches
 * nothing: a network that isn't here was not used.
 * @param document the graph as it ran, with what was set for the run
 */
export async function pinAfterRun(
  document: GraphDocument,
  { graph, base }: Pick<LoadedGraph, 'graph' | 'base'>,
  quiet: boolean,
  { library }: Surroundings,
): Promise<void> {
  for (const network of networksOf(document, library)) {
    const said = await pinOne(network, graph, base, library)
    if (said !== null) (quiet ? process.stderr : process.stdout).write(`${said}\n`)
  }
}

async function pinOne(
  network: NetworkOfGraph,
  graph: string,
  base: string,
  library: Surroundings['library'],
): Promise<string | null> {
  const { node, source, pinned } = network
  try {
    const options = {
      resolvePath: createPathResolver({ base }),
      cacheDirectory: findHome().derived,
      mayFetch: false,
    }
    const [pin] = await checksumsOf([network], options)
    if (pin === undefined || pin.sha256 === null) return null
    const fresh = await writePins(graph, [pin], library)
    if (fresh === null) return `${node}: ${source} was set for this run only, so nothing is pinned.`
    return `${node}: ${source} ${fresh === 0 && pinned !== '' ? 'was pinned' : 'is pinned now'}: sha256 ${pin.sha256}.`
  } catch (error) {
    return `${node}: ${source} is not pinned. ${textOf(error)}`
  }
}
