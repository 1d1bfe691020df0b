import { countParameters, inferShapes } from '@graft/network'
import type { Network } from '@graft/network'
import type { OptimizerSpec } from '../../engine.js'
import { configureGraphOptimizer } from './optimizers/index.js'

const bytesPerNumber = 4

/**
 * Measured on ResNet-18, MobileNetV2 and EfficientNet-B0 (packages/tests/bench/training-memory.mjs): per number of every layer's result, the results
 * that the backward pass keeps and the gradients and copies in other layouts beside them; per trainable number, the weight and its gradient on both
 * sides of the step, in the optimizer's and the convolutions' layouts.
 */
const copies = { results: 1.8, trainable: 6, slot: 3, frozen: 2 } as const

/** What onnxruntime and the graph take whatever the network. */
const fixedBytes = 60 * 2 ** 20

/** Bytes that training a network is expected to need at its peak, beyond what the process holds already, with this many pictures computed at once. */
export function trainingMemory(network: Network, pictures: number, optimizer: OptimizerSpec): number {
  const { total, trainable } = countParameters(network)
  const results = [...inferShapes(network, pictures).values()].reduce((sum, shape) => sum + shape.reduce((product, size) => product * size, 1), 0)
  const slots = configureGraphOptimizer(optimizer).slots.length
  const numbers = copies.results * results + (copies.trainable + copies.slot * slots) * trainable + copies.frozen * (total - trainable)
  return fixedBytes + bytesPerNumber * numbers
}
