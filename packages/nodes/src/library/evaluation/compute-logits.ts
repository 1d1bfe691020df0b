import { predictLogits, type PredictOptions } from '@graft/engines'
import type { Sample } from '@graft/graph-schema'
import { createImageLoader } from '../../loader/index.js'
import type { NodeContext } from '../../sdk/node-context.js'
import { memoryShares } from '../support/memory-shares.js'
import { standIns } from '../support/stand-ins.js'
import { loadModelTensors } from '../support/model-weights.js'
import { progressOf } from '../../sdk/progress.js'
import type { ModelValue } from '../../sdk/values.js'

/** Logits `[samples, classes]` of a network on images, without augmentation, with progress events of the node. */
export async function computeLogits(
  model: ModelValue,
  samples: readonly Sample[],
  context: NodeContext,
  options: Pick<PredictOptions, 'batchSize' | 'cache'>,
): Promise<Float32Array> {
  const tensors = await loadModelTensors(model, context.store)
  const { images, features } = memoryShares(context)
  const source = createImageLoader({
    samples,
    transforms: [],
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
