import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { resolve } from 'node:path'
import type { DatasetValue, Sample } from '@graft/graph-schema'
import type { NodeContext } from '../sdk/node-context.js'
import { readSamples } from '../sdk/samples.js'

type Emitted = Parameters<NodeContext['emit']>[0]

/** A context for running one node in a test: blobs in memory, events recorded, no engine unless one is given. */
export interface TestContext extends NodeContext {
  readonly events: Emitted[]
  /** Messages of log events, of one level or all. */
  messages(level?: 'info' | 'warning'): string[]
  samplesOf(dataset: unknown): Promise<readonly Sample[]>
}

/**
 * Makes a context whose relative paths start at `directory` (default: the current one). Nothing is cached unless
 * `cacheDirectory` says where.
 */
export function createTestContext(
  overrides: {
    readonly directory?: string
    readonly cacheDirectory?: string
    readonly signal?: AbortSignal
    readonly readAgain?: boolean
    readonly engines?: NodeContext['engines']
    readonly mayFetch?: boolean
  } = {},
): TestContext {
  const blobs = new Map<string, Uint8Array>()
  const events: Emitted[] = []
  const store: NodeContext['store'] = {
    async put(bytes, mediaType, name) {
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      blobs.set(sha256, bytes)
      return { sha256, bytes: bytes.length, mediaType, ...(name !== undefined && { name }) }
    },
    async get(sha256) {
      const bytes = blobs.get(sha256)
      if (bytes === undefined) throw new Error(`no blob ${sha256}`)
      return bytes
    },
    has: async (sha256) => blobs.has(sha256),
  }
  return {
    nodeId: 'node',
    signal: overrides.signal ?? new AbortController().signal,
    get engines() {
      if (overrides.engines !== undefined) return overrides.engines
      throw new Error('There is no engine in a test context. Expected a node that computes nothing.')
    },
    store,
    events,
    cacheDirectory: overrides.cacheDirectory ?? resolve(tmpdir(), `graft-no-cache-${process.pid}`, '\0'),
    document: {},
    readAgain: overrides.readAgain ?? false,
    mayFetch: overrides.mayFetch ?? true,
    resolvePath: (path) => resolve(overrides.directory ?? '.', path),
    emit: (event) => void events.push(event),
    messages: (level) =>
      events.flatMap((event) =>
        event.type === 'log' && (level === undefined || event.level === level) ? [event.message] : [],
      ),
    samplesOf: (dataset) => readSamples(dataset as DatasetValue, store),
  }
}
