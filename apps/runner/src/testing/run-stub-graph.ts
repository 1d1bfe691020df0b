import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Engine } from '@graft/engines'
import { emptyDocument } from '@graft/graph-schema'
import type { GraphDocument, RunEventBody } from '@graft/graph-schema'
import { openHistory } from '../cache/history.js'
import { openResultCache } from '../cache/result-cache.js'
import { createPathResolver } from '../executor/resolve-path.js'
import { computeWith } from '../engines/compute-with.js'
import type { Computing } from '../executor/computing.js'
import { runGraph } from '../executor/run-graph.js'
import type { RunOptions } from '../executor/run-options.js'
import { findHome } from '../home.js'
import { openBlobStore } from '../store/file-blob-store.js'
import { stubLibrary } from './stub-nodes.js'

export interface StubNode {
  readonly type: string
  readonly params?: Readonly<Record<string, unknown>>
  readonly muted?: boolean
  readonly bypassed?: boolean
}

/** A document from `{ id: node }` and wires such as `'a.value -> b.terms'`. */
export function graphOf(nodes: Readonly<Record<string, StubNode>>, wires: readonly string[] = []): GraphDocument {
  const end = (text: string): { node: string; port: string } => {
    const [node = '', port = ''] = text.trim().split('.')
    return { node, port }
  }
  return {
    ...emptyDocument('stub'),
    nodes: Object.fromEntries(
      Object.entries(nodes).map(([id, node]) => [id, { version: 1, ...node, params: { ...node.params } }]),
    ),
    edges: wires.map((wire) => {
      const [from = '', to = ''] = wire.split('->')
      return { from: end(from), to: end(to) }
    }),
  }
}

/** An engine that only says who it is. */
export function stubEngine(version: string): Engine {
  const refuse = async (): Promise<never> => Promise.reject(new Error('the stub engine computes nothing'))
  return {
    id: 'tfjs',
    device: 'cpu',
    standsIn: true,
    deterministic: true,
    probe: async () => ({
      id: 'tfjs',
      available: true,
      trains: true,
      hardware: 'CPU',
      backend: 'stub',
      versions: { stub: version },
      notes: [],
    }),
    forward: refuse,
    trainer: refuse,
  }
}

/** Computing with such an engine. */
export function stubComputing(version: string): Computing {
  const engine = stubEngine(version)
  return computeWith({ forward: engine, training: engine })
}

/** Options over a folder of their own; pass the same folder again to run with a warm cache. */
export function stubOptions(
  directory = mkdtempSync(join(tmpdir(), 'graft-run-')),
  changes: Partial<RunOptions> = {},
): RunOptions & { readonly directory: string } {
  const home = findHome({ GRAFT_HOME: directory })
  return {
    directory,
    library: stubLibrary,
    computing: stubComputing('1.0'),
    store: openBlobStore(home.store),
    cache: openResultCache(home.results),
    history: openHistory(home.history, 'stub'),
    cacheDirectory: home.derived,
    resolvePath: createPathResolver({ base: directory }),
    ...changes,
  }
}

export interface StubRun {
  readonly events: readonly RunEventBody[]
  /** Nodes that ran, in order; nodes reused are not among them. */
  readonly ran: readonly string[]
  /** Why each node ran or was reused. */
  readonly reasons: Readonly<Record<string, string>>
  readonly end: Extract<RunEventBody, { type: 'run-finished' }>
}

/** Runs a graph to its end. */
export async function runStubGraph(document: GraphDocument, options: RunOptions): Promise<StubRun> {
  const events: RunEventBody[] = []
  for await (const event of runGraph(document, options)) events.push(event)
  const end = events.at(-1)
  if (end?.type !== 'run-finished')
    throw new Error(`The run ended with ${end?.type ?? 'nothing'} instead of run-finished.`)
  return {
    events,
    end,
    ran: events.flatMap((event) => (event.type === 'node-started' ? [event.node] : [])),
    reasons: Object.fromEntries(
      events.flatMap((event) =>
        event.type === 'node-started' || event.type === 'node-cached' ? [[event.node, event.reason ?? '']] : [],
      ),
    ),
  }
}
