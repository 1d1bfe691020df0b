import { expect, it } from 'vitest'
import { singleLabel } from '../../tasks/index.js'
import { singleLabelTargets } from '../../tasks/testing/single-label-targets.js'
import { randomBatch, testNetwork } from '../../testing/test-networks.js'
import { onnxEngine } from '../onnx-engine.js'

it('the onnx trainer holds as much memory after 200 steps as after 40', async () => {
  const { network, tensors } = testNetwork({ classes: 5, inputSize: 32 })
  const optimizer = { name: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 } as const
  const trainer = await onnxEngine.trainer(network, { tensors, optimizer, loss: singleLabel.loss, seed: 3 })
  const [batch, targets] = [randomBatch([8, 3, 32, 32], 100), singleLabelTargets([0, 1, 2, 3, 4, 0, 1, 2], 5)]
  const resident = async (from: number, to: number): Promise<number> => {
    for (let step = from; step < to; step++) await trainer.step(batch, targets, 1e-4, step)
    ;(globalThis as { gc?: () => void }).gc?.()
    return process.memoryUsage().rss
  }
  const warm = await resident(0, 40)
  const late = await resident(40, 200)
  await trainer.dispose()
  // A step hands over 2.5 MB of new weights and state: keeping them would cost 400 MB.
  expect(late - warm).toBeLessThan(100e6)
})
