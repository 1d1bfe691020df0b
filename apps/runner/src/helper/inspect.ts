import { GraftError } from '@graft/errors'
import { ancestors, nodeOf } from '@graft/graph-schema'
import type { GraphDocument, Inspection, NetworkSummary, Problem } from '@graft/graph-schema'
import type { NodeDefinition } from '@graft/nodes'
import { openHistory } from '../cache/history.js'
import { openResultCache } from '../cache/result-cache.js'
import { createPathResolver } from '../executor/resolve-path.js'
import { networkOf } from '../engines/first-network.js'
import { runGraph } from '../executor/run-graph.js'
import { RunRefused } from '../executor/run-options.js'
import { runEngines } from '../engines/run-engines.js'
import { findHome } from '../home.js'
import { openBlobStore } from '../store/file-blob-store.js'
import { HelperRefusal } from './helper-protocol.js'
import type { HelperCalls } from './helper-protocol.js'
import { summariseNetwork } from './summarise-network.js'

/**
 * Nodes that compute with an engine take long; asked to run here they refuse, so that only their stored results are
 * used.
 */
const notComputedYet = new GraftError({
  code: 'not-computed-yet',
  message: 'It has no stored result yet.',
  fix: 'Run the graph up to here first.',
})
const refuse = async (): Promise<never> => Promise.reject(notComputedYet)
export function cheapOnly(library: readonly NodeDefinition[]): NodeDefinition[] {
  return library.map((definition) => (definition.usesEngine ? { ...definition, run: refuse } : definition))
}

/** What nodes gave and showed, by node. */
interface Seen {
  readonly outputs: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly previews: Readonly<Record<string, Inspection['previews']>>
  readonly warnings: Readonly<Record<string, readonly string[]>>
}

/** What would arrive at a node's inputs, and what it would give where that is cheap. Throws HelperRefusal. */
export async function inspect(
  { document, node, base, roots, graph }: HelperCalls['inspect']['ask'],
  library: readonly NodeDefinition[],
): Promise<Inspection> {
  const incoming = document.edges.filter((edge) => edge.to.node === node)
  const definition = library.find((candidate) => candidate.type === nodeOf(document, node)?.type)
  const sources = [...new Set(incoming.map((edge) => edge.from.node))]
  const upstream = sources.length > 0 ? (await lookAt(document, sources, { base, roots, graph }, library)).outputs : {}
  const inputs: Record<string, unknown> = {}
  for (const [port, { multiple }] of Object.entries(definition?.inputs ?? {})) {
    const values = incoming
      .filter((edge) => edge.to.port === port)
      .map((edge) => upstream[edge.from.node]?.[edge.from.port])
    if (values.length > 0) inputs[port] = multiple ? values : values[0]
  }
  const {
    outputs,
    previews,
    problems,
    warnings = [],
  } = await lookAtNode(document, node, { base, roots, graph }, library)
  return {
    inputs,
    networks: networksAmong(inputs),
    outputs,
    outputNetworks: networksAmong(outputs),
    previews: [...previews],
    problems: [...problems],
    ...(warnings.length > 0 && { warnings: [...warnings] }),
  }
}

type OfNode = Pick<Inspection, 'outputs' | 'previews' | 'problems'> & { readonly warnings?: readonly string[] }

/** A node that is wrong, expensive, or lacks an input gives nothing, and says why. */
async function lookAtNode(
  document: GraphDocument,
  node: string,
  where: Where,
  library: readonly NodeDefinition[],
): Promise<OfNode> {
  try {
    const { outputs, previews, warnings } = await lookAt(document, [node], where, library)
    return {
      outputs: outputs[node] ?? {},
      previews: previews[node] ?? [],
      problems: [],
      warnings: warnings[node] ?? [],
    }
  } catch (error) {
    if (error instanceof HelperRefusal || error instanceof RunRefused)
      return { outputs: {}, previews: [], problems: [...error.problems] }
    throw error
  }
}

interface Where {
  readonly base: string
  readonly roots: readonly string[]
  readonly graph: string
}

async function lookAt(
  document: GraphDocument,
  to: readonly string[],
  { base, roots, graph }: Where,
  library: readonly NodeDefinition[],
): Promise<Seen> {
  const home = findHome()
  // What a run would choose, as far as that is known without measuring.
  const { computing } = await runEngines({ engine: 'auto', device: 'auto' }, { home, measure: null })
  const needed = ancestors(document, to)
  const part = {
    ...document,
    nodes: Object.fromEntries(Object.entries(document.nodes).filter(([id]) => needed.has(id))),
    edges: document.edges.filter((edge) => needed.has(edge.to.node) && needed.has(edge.from.node)),
  }
  const options = {
    library: cheapOnly(library),
    computing,
    store: openBlobStore(home.store),
    cache: openResultCache(home.results),
    history: readOnly(openHistory(home.history, graph)),
    cacheDirectory: home.derived,
    mayFetch: false,
    resolvePath: createPathResolver({ base, roots }),
    to,
  }
  const outputs: Record<string, Readonly<Record<string, unknown>>> = {}
  const previews: Record<string, Inspection['previews']> = {}
  const warnings: Record<string, readonly string[]> = {}
  const problems: Problem[] = []
  for await (const event of runGraph(part, options)) {
    if (event.type === 'node-cached' || event.type === 'node-finished') outputs[event.node] = event.outputs
    if (event.type === 'preview')
      previews[event.node] = [...(previews[event.node] ?? []), { title: event.title, blob: event.blob }]
    if (event.type === 'log' && event.level === 'warning' && event.node !== undefined)
      warnings[event.node] = [...(warnings[event.node] ?? []), event.message]
    if (event.type === 'node-failed') problems.push(event.problem)
  }
  if (problems.length > 0)
    throw new HelperRefusal(
      problems.every((problem) => problem.code === notComputedYet.code) ? 'expensive' : 'problems',
      problems,
    )
  return { outputs, previews, warnings }
}

/** Looking must not change what the next run says about what changed. */
function readOnly(history: ReturnType<typeof openHistory>): ReturnType<typeof openHistory> {
  return { read: () => history.read(), write: async () => undefined }
}

function networksAmong(values: Readonly<Record<string, unknown>>): Record<string, NetworkSummary> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([port, value]) => {
      const network = networkOf(value)
      return network === null ? [] : [[port, summariseNetwork(network)]]
    }),
  )
}
