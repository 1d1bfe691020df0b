import { inferShapes } from '@graft/network'
import { describe, expect, it } from 'vitest'
import { conformanceCase, layer } from '../conformance/conformance-case.js'
import { pretrainedNetwork, randomBatch } from '../testing/test-networks.js'
import { cacheFriendlyBatch, joinBatches, partsOf } from './batch-parts.js'
import { onnxEngine } from './onnx-engine.js'

describe('parts of a batch', () => {
  it.each([1, 2, 3, 7, 8])('of at most %i images give the batch when they are joined', (largest) => {
    const batch = randomBatch([7, 2, 3, 3], 5)
    const parts = partsOf(batch, largest)
    expect(parts).toHaveLength(Math.ceil(7 / largest))
    expect(Math.max(...parts.map(({ shape }) => shape[0]!))).toBe(Math.min(7, largest))
    expect(joinBatches(parts)).toEqual(batch)
  })

  it('are as large as the cache holds of the largest layer and what it reads, and large enough for all threads', () => {
    const sizeOf = (side: number, threads: number): number => {
      const { network } = conformanceCase('Relu', `side ${side}`, [layer('Relu')], { input: [16, side, side] })
      return cacheFriendlyBatch(network, inferShapes(network), threads)
    }
    // 16 channels, in and out, are 128 bytes per pixel.
    expect([sizeOf(128, 2), sizeOf(256, 2), sizeOf(256, 6), sizeOf(256, 64), sizeOf(8, 2)]).toEqual([8, 4, 12, 16, 64])
  })

  it('are what a forward pass computes of larger batches, all outputs in order', async () => {
    const { network, tensors } = pretrainedNetwork()
    const outputs = [network.output, 'head.pool']
    const forward = await onnxEngine.forward(network, { tensors, outputs })
    const size = forward.batchSize!
    const batch = randomBatch([size + 3, 3, 64, 64], 8)
    const together = await forward.run(batch)
    const apart = [await forward.run(partsOf(batch, size)[0]!), await forward.run(partsOf(batch, size)[1]!)]
    await forward.dispose()
    for (const name of outputs) expect(together[name]).toEqual(joinBatches(apart.map((part) => part[name]!)))
  })
})
