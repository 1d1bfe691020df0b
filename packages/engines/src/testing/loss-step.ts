import type { Batch, Engine, Loss } from '../engine.js'
import { smallNetwork } from '../training/testing/small-problem.js'

/** Classes of the small network that losses are tried on. */
export const lossClasses = 3
const { network, tensors } = smallNetwork(lossClasses)

/** What a loss came to, and its gradient summed over the images, by class: what a step of SGD at rate 1 takes off the biases. */
export interface LossStep {
  readonly loss: number
  readonly logits: Batch
  readonly gradient: readonly number[]
}

/** One step with a loss on fixed images, with a head scaled by `scale`; in parts of at most `largestPart` images. */
export async function lossStep(
  engine: Engine,
  loss: Loss,
  targets: Batch,
  { scale = 1, largestPart }: { readonly scale?: number; readonly largestPart?: number } = {},
): Promise<LossStep> {
  const count = targets.shape[0] ?? 0
  const images: Batch = {
    shape: [count, 3, 4, 4],
    data: Float32Array.from({ length: count * 48 }, (_, index) => Math.sin(index * 0.37)),
  }
  const scaled = new Map(tensors)
  for (const name of ['head.fc.weight', 'head.fc.bias']) {
    const { shape, data } = tensors.get(name)!
    scaled.set(name, { shape, data: data.map((value) => value * scale) })
  }
  const trainer = await engine.trainer(network, {
    tensors: scaled,
    optimizer: { name: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 },
    loss,
    seed: 1,
    ...(largestPart !== undefined && { largestPart }),
  })
  try {
    const stepped = await trainer.step(images, targets, 1, 0)
    const after = (await trainer.weights()).get('head.fc.bias')!.data
    const before = scaled.get('head.fc.bias')!.data
    const gradient = Array.from(before, (value, index) => value - after[index]!)
    return { loss: stepped.loss, logits: stepped.logits, gradient }
  } finally {
    await trainer.dispose()
  }
}

/** Numbers of two computations in float32 and more. */
export const closeTo = (actual: number, expected: number): boolean =>
  Math.abs(actual - expected) < 2e-5 + 1e-5 * Math.abs(expected)
