import type { GraphDocument, RunEventBody } from '@graft/graph-schema'
import { manifestOf } from '@graft/nodes'
import type { DerivedAround, DerivedResult, NodeCheckpoints, NodeContext } from '@graft/nodes'
import { canonicalJson } from '../cache/canonical-json.js'
import type { Notice } from '../cache/result-cache.js'
import { fit } from '../text/format-values.js'
import { recordPuts } from '../store/recording-store.js'
import { referencedBlobs } from '../store/referenced-blobs.js'
import type { PlannedNode } from './plan/plan-run.js'
import type { RunOptions } from './run-options.js'

/** Characters of a message; more nobody reads, and everybody who watches gets it. */
const longestMessage = 4000

export interface NodeResult {
  readonly outputs: Record<string, unknown>
  /** Blobs that the outputs need. */
  readonly blobs: string[]
  /** Images and warnings, told again whenever the result is reused. */
  readonly notices: Notice[]
}

/** Runs a graph that a node derived, with the options of the run that the node belongs to. */
export type Derive = (
  document: GraphDocument,
  to: readonly string[],
  around: DerivedAround & { readonly options: RunOptions; readonly signal: AbortSignal },
) => Promise<DerivedResult>

export interface NodeSurroundings {
  readonly document: GraphDocument
  readonly options: RunOptions
  readonly signal: AbortSignal
  readonly checkpoints?: NodeCheckpoints
  emit(body: RunEventBody): void
  readonly derive: Derive
}

/** Runs one node. Throws what it throws, and when what it gave isn't plain JSON on all of its outputs. */
export async function runNode(
  node: PlannedNode,
  inputs: Readonly<Record<string, unknown>>,
  around: NodeSurroundings,
): Promise<NodeResult> {
  const { options, signal, document } = around
  const { program } = options
  const { store, put } = recordPuts(options.store)
  const notices: Notice[] = []
  let running = true
  const context: NodeContext = {
    nodeId: node.id,
    signal,
    engines: options.computing.engines,
    store,
    cacheDirectory: options.cacheDirectory,
    ...(options.about === undefined ? {} : { about: options.about }),
    document,
    readAgain: options.ignoreCache ?? false,
    mayFetch: options.mayFetch ?? true,
    ...(options.memoryBytes === undefined ? {} : { memoryBytes: options.memoryBytes }),
    ...(around.checkpoints === undefined ? {} : { checkpoints: around.checkpoints }),
    derivedRuns: {
      document,
      manifests: options.library.map(manifestOf),
      run: (derived, to, { signal: stop, ...rest } = {}) =>
        around.derive(derived, to, { ...rest, options, signal: stop ? AbortSignal.any([signal, stop]) : signal }),
    },
    ...(program && { program: (of) => program(document, of, signal) }),
    resolvePath: (path) => options.resolvePath(path),
    emit: (said) => {
      // What a node says once it is done (a stray timer) must not turn up after `node-finished`.
      if (!running) return
      const event = said.type === 'log' ? { ...said, message: fit(said.message, longestMessage) } : said
      if (event.type === 'preview' || (event.type === 'log' && event.level === 'warning')) notices.push(event as Notice)
      around.emit({ ...event, node: node.id })
    },
  }
  try {
    const raw = await node.definition.run({ params: node.params, inputs, context })
    const outputs = plainOutputs(raw, node)
    return { outputs, blobs: [...new Set([...put, ...referencedBlobs(outputs)])], notices }
  } finally {
    running = false
  }
}

/**
 * The outputs as they will be read back from the cache, so that the first run and every later one see the same values.
 */
function plainOutputs(raw: unknown, node: PlannedNode): Record<string, unknown> {
  canonicalJson(raw, 'its result')
  const outputs = JSON.parse(JSON.stringify(raw)) as Record<string, unknown>
  const missing = Object.keys(node.definition.outputs).filter((port) => outputs[port] === undefined)
  if (missing.length > 0)
    throw new Error(`it gave no value for its output ${missing.map((port) => `"${port}"`).join(', ')}.`)
  return outputs
}
