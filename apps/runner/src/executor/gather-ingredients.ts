import type { GraphDocument } from '@graft/graph-schema'
import type { FetchingContext } from '@graft/nodes'
import { hash } from '../cache/cache-key.js'
import type { Ingredients } from '../cache/cache-key.js'
import { canonicalJson } from '../cache/canonical-json.js'
import type { PlannedNode } from './plan/plan-run.js'
import type { RunOptions } from './run-options.js'

/**
 * All that the result of a node depends on. `keys` must hold the nodes above it. Throws what the node's fingerprint
 * throws.
 */
export async function gatherIngredients(
  node: PlannedNode,
  keys: ReadonlyMap<string, string>,
  document: GraphDocument,
  options: RunOptions,
  around: Pick<FetchingContext, 'signal' | 'emit'> = {},
): Promise<Ingredients> {
  const { definition, params } = node
  // A number that a wire feeds to a parameter is one of the params: typed or wired, the result is the same.
  const edgesOfInputs = Object.entries(node.inputs).filter(([port]) => !node.wired.includes(port))
  const inputs = edgesOfInputs.map(([port, edges]) => [
    port,
    edges.map((edge) => ({ node: edge.node, output: edge.port, key: keys.get(edge.node) ?? '' })),
  ])
  const fingerprint = await fingerprintOf(node, options, around)
  return {
    type: definition.type,
    version: definition.version,
    ...(definition.revision === undefined ? {} : { revision: definition.revision }),
    params,
    inputs: Object.fromEntries(inputs) as Ingredients['inputs'],
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(definition.usesEngine ? { engine: await options.computing.identity() } : {}),
    ...(definition.readsDocument ? { document: hash(canonicalJson(document)) } : {}),
  }
}

/** Of what the node reads, wherever it lies: an address is fetched for it. Undefined for nodes that read nothing. */
export async function fingerprintOf(
  { definition, params }: Pick<PlannedNode, 'definition' | 'params'>,
  { cacheDirectory, ignoreCache = false, mayFetch = true, resolvePath, bringFiles }: RunOptions,
  around: Pick<FetchingContext, 'signal' | 'emit'>,
): Promise<string | undefined> {
  const say = (message: string): void => around.emit?.({ type: 'log', level: 'info', message })
  const elsewhere = definition.reads && bringFiles ? await bringFiles(definition, params, say) : null
  if (elsewhere !== null) return elsewhere
  return definition.fingerprint?.(params, {
    resolvePath: (path) => resolvePath(path),
    cacheDirectory,
    readAgain: ignoreCache,
    mayFetch,
    ...around,
  })
}
