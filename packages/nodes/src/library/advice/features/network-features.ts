import { featuresOf, type ImageSource, solvable, type StageFeatures } from '@graft/engines'
import { must } from '@graft/errors'
import { addHead, freeze, type Network, stripHead, type Tensors } from '@graft/network'
import type { Sample } from '@graft/graph-schema'
import { createImageLoader } from '../../../loader/index.js'
import type { NodeContext } from '../../../sdk/node-context.js'
import { progressOf } from '../../../sdk/progress.js'
import type { ModelValue } from '../../../sdk/values.js'
import { memoryShares } from '../../support/memory-shares.js'
import { loadModelTensors } from '../../support/model-weights.js'
import { keepSpeed, knownSpeed } from './known-speed.js'
import { secondsPerImage } from './seconds-per-image.js'

/** What one pass through a network tells of every image: the pooled features of all its stages. */
export interface NetworkFeatures {
  /** Without its classifier. */
  readonly trunk: Network
  /** `[images, columns]` */
  readonly values: Float32Array
  readonly columns: number
  /** Columns of every stage, in order. */
  readonly stages: readonly StageFeatures[]
  readonly computed: number
  readonly cached: number
  readonly seconds: number
  /** What one image takes from its file to its features here: in this pass or, where most were kept, in the one before. */
  readonly secondsPerImage: number
}

/**
 * Features of all stages, in one pass over the images that have none yet. They are those that a head on all stages
 * reads, so that training it afterwards finds them.
 */
export async function readNetworkFeatures(
  model: ModelValue,
  samples: readonly Sample[],
  classNames: readonly string[],
  context: NodeContext,
): Promise<NetworkFeatures> {
  const started = performance.now()
  const { trunk, headed, tensors } = await openNetwork(model, classNames, context)
  const { features: layer, columns, groups } = solvable(headed)
  const { images, features: memoryBytes } = memoryShares(context)
  const source = createImageLoader({
    samples,
    transforms: [],
    preprocessing: trunk.preprocessing,
    seed: 0,
    signal: context.signal,
    ...(images !== undefined && { cacheBytes: images }),
  })
  try {
    const found = await featuresOf(headed, tensors, source, [layer], {
      engines: context.engines,
      cacheDirectory: context.cacheDirectory,
      signal: context.signal,
      onProgress: progressOf(context, 'images'),
      onWarning: (message) => context.emit({ type: 'log', level: 'warning', message }),
      ...(memoryBytes !== undefined && { memoryBytes }),
    })
    try {
      const { data } = await must(found.layers[layer], 'the features').read(indicesOf(source))
      const seconds = (performance.now() - started) / 1000
      return {
        ...{ trunk, columns, values: data, computed: found.computed, cached: found.cached, seconds },
        stages: groups.length > 1 ? groups : [{ from: 0, to: columns, stage: trunk.stages.at(-1)?.name ?? 'features' }],
        secondsPerImage:
          found.computed > found.cached
            ? await keepSpeed(trunk, seconds / found.computed, context)
            : ((await knownSpeed(trunk, context)) ?? (await secondsPerImage(headed, tensors, samples, context))),
      }
    } finally {
      await found.dispose()
    }
  } finally {
    await source.close()
  }
}

/** A network without its classifier, with a head that reads all of its stages, and the values of both. */
async function openNetwork(
  model: ModelValue,
  classNames: readonly string[],
  { store }: Pick<NodeContext, 'store'>,
): Promise<{ readonly trunk: Network; readonly headed: Network; readonly tensors: Tensors }> {
  const trunk = stripHead(model.network)
  const headed = withHead(trunk, classNames)
  return { trunk, headed, tensors: await loadModelTensors({ kind: 'model', network: headed }, store) }
}

/** What one image takes through several networks one after the other. */
export async function timeNetworks(
  models: readonly ModelValue[],
  samples: readonly Sample[],
  classNames: readonly string[],
  context: NodeContext,
): Promise<number> {
  let sum = 0
  for (const model of models) {
    const { trunk, headed, tensors } = await openNetwork(model, classNames, context)
    sum += (await knownSpeed(trunk, context)) ?? (await secondsPerImage(headed, tensors, samples, context))
  }
  return sum
}

/** A frozen network with a head on all of its stages; on its last one, where it has no others. */
function withHead(trunk: Network, classNames: readonly string[]): Network {
  const head = { classNames, pooling: 'average', hidden: [], dropout: 0, seed: 0 } as const
  return freeze(addHead(trunk, hasStages(trunk) ? { ...head, features: 'all' } : head), { frozen: true })
}

function hasStages(trunk: Network): boolean {
  try {
    addHead(trunk, { classNames: ['a', 'b'], pooling: 'average', hidden: [], dropout: 0, seed: 0, features: 'all' })
    return true
  } catch {
    return false
  }
}

const indicesOf = ({ count }: Pick<ImageSource, 'count'>): number[] =>
  Array.from({ length: count }, (_, index) => index)

/** Some columns of some rows. */
export function columnsOf(
  { values, columns }: Pick<NetworkFeatures, 'values' | 'columns'>,
  rows: readonly number[],
  from: number,
  to: number,
): Float32Array {
  const part = new Float32Array(rows.length * (to - from))
  rows.forEach((row, index) => part.set(values.subarray(row * columns + from, row * columns + to), index * (to - from)))
  return part
}
