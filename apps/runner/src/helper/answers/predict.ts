import { predictLogits, taskOf } from '@graft/engines'
import { createImageLoader } from '@graft/nodes'
import type { HelperCalls } from '../helper-protocol.js'
import { openModel, sampleOfFile } from './open-model.js'
import type { KeptWeights } from './open-model.js'

/**
 * Probabilities of every class for one image file. Throws NodeError when the model is not a classifier or the file is not an
 * image.
 */
export async function predictImage(
  { model, image }: HelperCalls['predict']['ask'],
  kept: KeptWeights,
): Promise<HelperCalls['predict']['answer']> {
  const { network, tensors, forward, fallback } = await openModel(model, kept)
  const source = createImageLoader({
    samples: [await sampleOfFile(image, network)],
    transforms: [],
    preprocessing: network.preprocessing,
    seed: 0,
  })
  const started = performance.now()
  try {
    const { logits, classes } = await predictLogits(forward, network, tensors, source, { batchSize: 1, fallback })
    const { task, head } = taskOf(network)
    const [answer] = task.decode({ values: logits, width: classes }, head)
    const { probabilities = [], chosen = [] } = answer ?? {}
    const milliseconds = Math.round(performance.now() - started)
    return { several: task.several, classNames: head.names, probabilities, chosen, milliseconds }
  } finally {
    await source.close()
  }
}
