import { readFileSync } from 'node:fs'
import { architectures, createRandom, initialise, readSafetensors } from '@graft/network'
import type { Network, Tensors } from '@graft/network'
import type { Batch } from '../engine.js'

/** GraftNet with freshly initialised weights, for tests. */
export function testNetwork(options: {
  readonly classes: number
  readonly inputSize: number
  readonly seed?: number
}): { network: Network; tensors: Tensors } {
  const graftnet = architectures.find((architecture) => architecture.id === 'graftnet')
  if (!graftnet) throw new Error('The architecture graftnet is gone; these tests are built on it.')
  const network = graftnet.build({ ...options, seed: options.seed ?? 1 })
  const tensors: Tensors = new Map(
    Object.entries(network.parameters).map(([name, { shape, source }]) => {
      if (source.kind !== 'initializer') throw new Error(`${name} has no initializer`)
      return [name, { shape, data: initialise(shape, source.initializer, source.seed) }]
    }),
  )
  return { network, tensors }
}

/** GraftNet with the embedded, pre-trained weights. */
export function pretrainedNetwork(): { network: Network; tensors: Tensors } {
  const file = new URL('../../../nodes/assets/backbones/graftnet-64/weights.safetensors', import.meta.url)
  const { tensors } = readSafetensors(readFileSync(file))
  const classes = tensors.get('head.fc.bias')?.data.length ?? 0
  return { network: testNetwork({ classes, inputSize: 64 }).network, tensors }
}

/** Random images in [-1, 1], the same for the same seed. */
export function randomBatch(shape: readonly number[], seed: number): Batch {
  const random = createRandom(seed)
  const count = shape.reduce((product, size) => product * size, 1)
  return { shape, data: Float32Array.from({ length: count }, () => random() * 2 - 1) }
}
