import { describe, expect, it } from 'vitest'
import { testNetwork } from '../../testing/test-networks.js'
import { planMemory } from './memory-plan.js'

const { network } = testNetwork({ classes: 5, inputSize: 32 })
const optimizer = { name: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 0 } as const
/** Needs a megabyte per image. */
const engine = { id: 'onnx', trainingMemory: (_: unknown, images: number) => images * 2 ** 20 } as const
const memory = (megabytes: number) => ({ total: (megabytes * 2 ** 20) / 0.6, free: 2 ** 40 })
const plan = (batchSize: number, megabytes: number, count = 10_000) =>
  planMemory({ network, engine, optimizer, batchSize, count, memory: memory(megabytes) })

describe('planMemory', () => {
  it('computes a batch that fits in one go and says what it expects to need', () => {
    expect(plan(32, 32)).toEqual({
      batchSize: 32,
      message: 'Training is expected to need about 0.0 GB of memory.',
      warning: null,
    })
  })

  it('keeps the batch size that was asked for and computes it in the largest parts that fit', () => {
    const { batchSize, largestPart, message } = plan(32, 31.5)
    expect([batchSize, largestPart]).toEqual([32, 31])
    expect(message).toContain('gradients added up to one step')
    expect(plan(32, 0.1).largestPart).toBe(1)
  })

  it('chooses a power of two that fits, leaves an epoch its steps and stays within 64', () => {
    expect(plan(0, 1000).batchSize).toBe(64)
    expect(plan(0, 40).batchSize).toBe(32)
    expect(plan(0, 1000, 200).batchSize).toBe(16)
    expect(plan(0, 1000, 5).batchSize).toBe(8)
    expect(plan(0, 40).message).toMatch(/^Batch size 32, chosen for 10000 images and 0\.1 GB of memory\./)
  })

  it('counts no more images than there are', () => {
    expect(plan(512, 40, 20).largestPart).toBeUndefined()
  })

  it('warns when other programs leave less than is needed', () => {
    const { warning } = planMemory({
      network,
      engine,
      optimizer,
      batchSize: 32,
      count: 100,
      memory: { total: 2 ** 40, free: 2 ** 20 },
    })
    expect(warning).toContain('Close other programs')
  })

  it('says that batch normalisation sees only a part', () => {
    const batch = {
      ...network,
      layers: network.layers.map((layer) =>
        layer.operator === 'BatchNormalization' ? { ...layer, statistics: 'batch' as const } : layer,
      ),
    }
    expect(
      planMemory({ network: batch, engine, optimizer, batchSize: 32, count: 100, memory: memory(8) }).message,
    ).toContain('Batch normalisation sees only the images of a part')
  })

  it('leaves an engine that cannot predict its memory alone', () => {
    expect(
      planMemory({ network, engine: { id: 'tfjs' }, optimizer, batchSize: 32, count: 100, memory: memory(1) }),
    ).toEqual({ batchSize: 32, message: null, warning: null })
  })
})
