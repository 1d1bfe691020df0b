import { effectiveGraph, type GraphDocument, type Problem } from '@graft/graph-schema'
import {
  manifestOf,
  type LeftByRun,
  type NodeDefinition,
  planProgram,
  type ProgramFiles,
  type ProgramSource,
  recordedTypes,
  recordingLibrary,
  writeProgram,
  writeProgramCheckpoint,
} from '@graft/nodes'
import { openResultCache, type ResultCache } from '../cache/result-cache.js'
import { runEngines } from '../engines/run-engines.js'
import { createPathResolver } from '../executor/resolve-path.js'
import { runGraph } from '../executor/run-graph.js'
import { RunRefused } from '../executor/run-options.js'
import { findHome } from '../home.js'
import { openBlobStore } from '../store/file-blob-store.js'

export interface ProgramRequest {
  readonly document: GraphDocument
  /** Folder that relative paths in the graph start from. */
  readonly base: string
  readonly roots?: readonly string[]
  /** The Train whose network the program gives; needed where the graph has several last ones. */
  readonly last?: string
  /** Whether model.py calls the constructor of torchvision or timm. */
  readonly byLibrary?: boolean
  readonly signal?: AbortSignal
}

interface ExportRequest extends ProgramRequest {
  /** What a run left of one of its Trains, which the program is to go on from. */
  readonly left?: LeftByRun
}

export interface ExportedProgram {
  readonly files: ProgramFiles
  /** What a person should know of it, one sentence each. */
  readonly remarks: readonly string[]
}

/**
 * A graph as a PyTorch program: everything up to its Trains runs, they themselves are noted and not computed. Throws
 * RunRefused with every problem, and NodeError for what a program can't do.
 */
export async function exportProgram(
  { left, ...request }: ExportRequest,
  given: readonly NodeDefinition[],
): Promise<ExportedProgram> {
  const source = await programSource(request, given)
  const files = new Map(await writeProgram(source, request.document))
  if (left !== undefined) files.set(checkpointName, writeProgramCheckpoint(source, left))
  return { files, remarks: source.plan.remarks }
}

/** Where `train.py` looks for it with --resume. */
export const checkpointName = 'runs/checkpoint.safetensors'

/** What the program of a graph is written from; throws as `exportProgram`. */
export async function programSource(
  { document, base, roots, last, byLibrary, signal }: ProgramRequest,
  given: readonly NodeDefinition[],
): Promise<ProgramSource> {
  const { library, recording } = recordingLibrary(given)
  const home = findHome()
  const store = openBlobStore(home.store)
  const { computing } = await runEngines({ engine: 'auto', device: 'auto' }, { home, measure: null })
  const options = {
    library,
    computing,
    store,
    cache: withoutRecorded(openResultCache(home.results)),
    cacheDirectory: home.derived,
    resolvePath: createPathResolver({ base, ...(roots === undefined ? {} : { roots }) }),
    to: targetsIn(document, library, last),
    ...(signal === undefined ? {} : { signal }),
  }
  const problems: Problem[] = []
  for await (const event of runGraph(document, options)) if (event.type === 'node-failed') problems.push(event.problem)
  signal?.throwIfAborted()
  if (problems.length > 0) throw new RunRefused(problems)
  return planProgram(recording, {
    title: document.name,
    store,
    ...(last !== undefined && { last }),
    ...(byLibrary && { byLibrary }),
  })
}

/** Every node that is noted, and the one that was asked for. Throws RunRefused where there is none. */
function targetsIn(document: GraphDocument, library: readonly NodeDefinition[], last: string | undefined): string[] {
  const { nodes } = effectiveGraph(document, library.map(manifestOf)).document
  const targets = Object.keys(nodes).filter((id) => recordedTypes.includes(nodes[id]?.type ?? ''))
  if (last !== undefined) return [...new Set([...targets, last])]
  if (targets.length > 0) return targets
  throw new RunRefused([
    {
      code: 'nothing-to-train',
      severity: 'error',
      message: 'There is no Train in this graph, so there is nothing to write a program of.',
      fix: 'Add a Train, or unmute it.',
    },
  ])
}

/** What was noted is no result. */
function withoutRecorded(cache: ResultCache): ResultCache {
  return {
    lookup: (key, store) => cache.lookup(key, store),
    save: async (entry) => (recordedTypes.includes(entry.type) ? undefined : cache.save(entry)),
  }
}
