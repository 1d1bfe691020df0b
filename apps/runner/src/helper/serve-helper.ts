import { imageFormatNames } from '@graft/graph-schema'
import type { Sample } from '@graft/graph-schema'
import { countParameters } from '@graft/network'
import { embeddedBackbones, loadEmbeddedBackbone, NodeError, renderThumbnail } from '@graft/nodes'
import type { NodeDefinition } from '@graft/nodes'
import { everyEngine } from '../engines/every-engine.js'
import { checkForRun } from '../executor/plan/check-for-run.js'
import { problemOf } from '../executor/node-problem.js'
import { planRun } from '../executor/plan/plan-run.js'
import { RunRefused } from '../executor/run-options.js'
import { refuseDebugger } from '../process/no-debugger.js'
import { loadPlugins } from '../plugins/load-plugins.js'
import { explainImage } from './answers/explain.js'
import { measureFamiliarity } from './answers/familiarity.js'
import type { KeptSurroundings } from './answers/familiarity.js'
import type { KeptWeights } from './answers/open-model.js'
import { predictImage } from './answers/predict.js'
import { HelperRefusal, toHelper } from './helper-protocol.js'
import type { FromHelper, HelperCalls, HelperMethod, HelperProgress } from './helper-protocol.js'
import { nearCopies } from './near-copies.js'
import { neededFiles } from './needed-files.js'
import { fetchNetwork } from './fetch-network.js'
import { inspect } from './inspect.js'
import { listNetworks } from './list-networks.js'
import { zipProgram } from './zip-program.js'

type Answers = {
  readonly [Method in HelperMethod]: (
    ask: HelperCalls[Method]['ask'],
    tellProgress: (progress: HelperProgress) => void,
  ) => Promise<HelperCalls[Method]['answer']>
}

/**
 * The life of a helper process: answers what it is asked about the node types of `builtIn` and of the approved plugins,
 * several things at a time, until its parent is gone.
 */
export function serveHelper(builtIn: readonly NodeDefinition[]): void {
  refuseDebugger()
  // Plugins that can't be used were named by the parent.
  const library = loadPlugins({ library: builtIn }).then(({ definitions }) => [...builtIn, ...definitions])
  const weights: KeptWeights = { last: null }
  const surroundings: KeptSurroundings = { last: null }
  const answers: Answers = {
    inspect: async (ask) => inspect(ask, await library),
    program: async (ask) => zipProgram(ask, await library),
    check: async ({ document }) => ({ problems: checkForRun(document, await library) }),
    plan: async ({ document, to }) => {
      planRun(document, await library, to)
      return {}
    },
    thumbnail: async ({ sample, size }) => ({ jpeg: await thumbnail(sample, size) }),
    nearCopies: async ({ samples }) => ({ pairs: await nearCopies(samples) }),
    neededFiles: async (ask) => neededFiles(ask, await library),
    predict: (ask) => predictImage(ask, weights),
    explain: (ask) => explainImage(ask, weights),
    familiarity: (ask) => measureFamiliarity(ask, weights, surroundings),
    engines: async () => ({
      engines: await Promise.all(everyEngine().map((engine) => engine.glance?.() ?? engine.probe())),
    }),
    backbones: async () => ({ backbones: await listBackbones() }),
    networks: async () => ({ networks: await listNetworks() }),
    fetch: fetchNetwork,
  }
  process.on('SIGINT', () => undefined)
  process.on('disconnect', () => process.exit(0))
  process.on('message', (json) => {
    const { id, method, ask } = toHelper.parse(json)
    const answer = answers[method] as (
      ask: unknown,
      tellProgress: (progress: HelperProgress) => void,
    ) => Promise<unknown>
    answer(ask, ({ done, total }) => tell({ type: 'progress', id, done, total })).then(
      (value) => tell({ type: 'answer', id, value }),
      (error: unknown) => tell(refusalOf(id, error)),
    )
  })
  tell({ type: 'ready' })
}

function tell(message: FromHelper): void {
  if (process.connected) process.send?.(message, () => undefined)
}

async function thumbnail(sample: Sample, size: number): Promise<Uint8Array> {
  try {
    return await renderThumbnail(sample, size)
  } catch (error) {
    throw new NodeError(
      'path',
      `This file is not an image that can be read: ${error instanceof Error ? error.message.split('\n')[0] : 'it cannot be decoded'}.`,
      `Choose a ${imageFormatNames} file.`,
    )
  }
}

async function listBackbones(): Promise<HelperCalls['backbones']['answer']['backbones']> {
  return Promise.all(
    embeddedBackbones.map(async (backbone) => {
      const { network } = await loadEmbeddedBackbone(backbone)
      return {
        source: `embedded:${backbone.id}`,
        title: backbone.title,
        inputSize: network.preprocessing.height,
        parameters: countParameters(network).total,
        licence: network.provenance.licence,
      }
    }),
  )
}

function refusalOf(id: number, error: unknown): FromHelper {
  if (error instanceof HelperRefusal && error.kind !== 'timeout')
    return { type: 'refused', id, kind: error.kind, problems: [...error.problems] }
  if (error instanceof RunRefused) return { type: 'refused', id, kind: 'problems', problems: [...error.problems] }
  const problem = problemOf(error, '', 'The helper', false)
  const { node: _, ...rest } = problem
  return { type: 'refused', id, kind: problem.code === 'internal' ? 'failed' : 'problems', problems: [rest] }
}
