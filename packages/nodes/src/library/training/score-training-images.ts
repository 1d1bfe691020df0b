import { predictLogits, taskOf, type ValidationScores } from '@graft/engines'
import type { DatasetValue } from '@graft/graph-schema'
import type { Network, Tensors } from '@graft/network'
import { createImageLoader } from '../../loader/index.js'
import type { NodeContext } from '../../sdk/node-context.js'
import { memoryShares } from '../support/memory-shares.js'
import { standIns } from '../support/stand-ins.js'
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
): Promise<ValidationScores> {
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
    const { task, head } = taskOf(network)
    const labels = samples.map(({ label }) => label)
    return { count: labels.length, values: task.score({ values: logits, width: classes }, labels, head), head }
  } finally {
    await source.close()
  }
}
