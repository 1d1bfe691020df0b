import { predictLogits, type PredictOptions } from '@graft/engines'
import type { Sample, Transform } from '@graft/graph-schema'
import type { Tensors } from '@graft/network'
import { z } from 'zod'
import { createImageLoader } from '../../loader/index.js'
import type { NodeContext } from '../../sdk/node-context.js'
import { memoryShares } from '../support/memory-shares.js'
import { standIns } from '../support/stand-ins.js'
import { loadModelTensors } from '../support/model-weights.js'
import { progressOf } from '../../sdk/progress.js'
import type { ModelValue } from '../../sdk/values.js'

/** Which views of an image an answer is the mean of. */
export const viewsField = z.enum(['one', 'mirrored']).default('one').meta({
  title: 'Views',
  description:
    '`mirrored`: the mean of the answers for the image and its mirror image (test-time augmentation). Twice the time, often a little better; not where left and right matter.',
  advanced: true,
})

export interface LogitOptions extends Pick<PredictOptions, 'batchSize' | 'cache'> {
  readonly views?: z.output<typeof viewsField>
}

const mirror: Transform = { name: 'horizontalFlip', options: { probability: 1 }, seed: 0 }

/**
 * Logits `[samples, classes]` of a network on images, without random changes, with progress events of the node; the mean
 * over the views that are asked for.
 */
export async function computeLogits(
  model: ModelValue,
  samples: readonly Sample[],
  context: NodeContext,
  { views = 'one', ...options }: LogitOptions,
): Promise<Float32Array> {
  const tensors = await loadModelTensors(model, context.store)
  const plain = await logitsOfView(model, tensors, { samples, transforms: [] }, context, options)
  if (views === 'one') return plain
  const turned = await logitsOfView(model, tensors, { samples, transforms: [mirror] }, context, options)
  return plain.map((value, index) => (value + (turned[index] ?? value)) / 2)
}

async function logitsOfView(
  model: ModelValue,
  tensors: Tensors,
  view: { readonly samples: readonly Sample[]; readonly transforms: readonly Transform[] },
  context: NodeContext,
  options: Pick<PredictOptions, 'batchSize' | 'cache'>,
): Promise<Float32Array> {
  const { images, features } = memoryShares(context)
  const source = createImageLoader({
    ...view,
    preprocessing: model.network.preprocessing,
    seed: 0,
    signal: context.signal,
    ...(images !== undefined && { cacheBytes: images }),
  })
  try {
    const common = { signal: context.signal, onProgress: progressOf(context, 'images'), ...standIns(context) }
    const { logits } = await predictLogits(context.engines.forward, model.network, tensors, source, {
      ...common,
      ...options,
      ...(options.cache && { cache: { ...options.cache, memoryBytes: features } }),
    })
    return logits
  } finally {
    await source.close()
  }
}
