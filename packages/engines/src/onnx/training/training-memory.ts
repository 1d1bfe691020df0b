import { countParameters, inferShapes } from '@graft/network'
import type { Network } from '@graft/network'
import type { OptimizerSpec } from '../../engine.js'
import { findPairs } from './fold-normalisation.js'
import { configureOptimizer } from '../../optimizers/index.js'

const bytesPerNumber = 4

/**
 * Measured on ResNet-18, MobileNetV2 and EfficientNet-B0 (packages/tests/bench/training-memory.mjs): per number of
 * every layer's result, what the backward pass keeps and the gradients and copies in other layouts beside it, which
 * take turns; normalisations by the batch keep one result in place of two; per trainable number, the weight and its
 * gradient on both sides of the step, in the optimizer's and the convolutions' layouts. onnxruntime's allocator grows
 * by doubling, so the same step may need a fifth less or more.
 */
const copies = { results: 1, normalised: -0.2, trainable: 8, slot: 3, frozen: 2 } as const

/** What onnxruntime and the graph take whatever the network. */
const fixedBytes = 60 * 2 ** 20

/**
 * Bytes that training a network is expected to need at its peak, beyond what the process holds already, with this many
 * images computed at once.
 */
export function trainingMemory(network: Network, images: number, optimizer: OptimizerSpec): number {
  const { total, trainable } = countParameters(network)
  const shapes = inferShapes(network, images)
  const numbersIn = (names: readonly string[]): number =>
    names.reduce((sum, name) => sum + (shapes.get(name) ?? []).reduce((product, size) => product * size, 1), 0)
  const wanted = new Set(Object.keys(network.parameters).filter((name) => network.parameters[name]?.trainable))
  // Joined with the normalisation after it, a convolution has no result of its own.
  const joined = findPairs(network, wanted).map(({ convolution }) => convolution.name)
  const normalised = network.layers.filter(({ statistics }) => statistics === 'batch').map(({ name }) => name)
  const results =
    copies.results * (numbersIn([...shapes.keys()]) - numbersIn(joined)) + copies.normalised * numbersIn(normalised)
  const slots = configureOptimizer(optimizer).slots.length
  return (
    fixedBytes +
    bytesPerNumber *
      (results + (copies.trainable + copies.slot * slots) * trainable + copies.frozen * (total - trainable))
  )
}
