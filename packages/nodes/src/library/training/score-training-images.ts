import { accuracy, argmax, balancedAccuracy, confusionMatrix, macroF1, predictLogits } from '@graft/engines'
import type { DatasetValue, MetricsValue } from '@graft/graph-schema'
import type { Network, Tensors } from '@graft/network'
import { createImageLoader } from '../../loader/index.js'
import type { NodeContext } from '../../sdk/define-node.js'
import { memoryShares } from '../../sdk/memory-shares.js'
import { standIns } from '../../sdk/stand-ins.js'
import { readSamples } from '../../sdk/samples.js'

/**
 * Without validation images all that can be measured is how well the training images were learned; the value says
 * so by its split.
 */
export async function scoreTrainingImages(
  network: Network,
  tensors: Tensors,
  dataset: DatasetValue,
  context: NodeContext,
): Promise<Pick<MetricsValue, 'accuracy' | 'macroF1' | 'balancedAccuracy'>> {
  const samples = await readSamples(dataset, context.store)
  const { images, features } = memoryShares(context)
  const source = createImageLoader({
    samples,
    transforms: [],
    preprocessing: network.preprocessing,
    seed: 0,
    signal: context.signal,
    ...(images !== undefined && { cacheBytes: images }),
  })
  try {
    const { logits, classes } = await predictLogits(context.engines.forward, network, tensors, source, {
      signal: context.signal,
      ...standIns(context),
      cache: { directory: context.cacheDirectory, memoryBytes: features },
    })
    const confusion = confusionMatrix(
      samples.map(({ label }) => label),
      argmax(logits, classes),
      classes,
    )
    return { accuracy: accuracy(confusion), macroF1: macroF1(confusion), balancedAccuracy: balancedAccuracy(confusion) }
  } finally {
    await source.close()
  }
}
