import { describe, expect, it } from 'vitest'
import { fit, weightsHash } from '../../node/training.js'
import { onnxEngine } from '../../onnx/onnx-engine.js'
import { decodeCheckpoint, encodeCheckpoint, type FitCheckpoint } from '../../training/plan/checkpoint.js'
import type { FitOptions } from '../../training/plan/fit-types.js'
import { noiseSource, smallNetwork } from '../../training/testing/small-problem.js'

/** Images that have their own class, and every other one the next class too. */
function severalSource(seed: number, count: number) {
  const source = noiseSource({ count, seed, signal: 2 })
  const labels = Array.from(source.labels, (label, index) => (index % 2 ? [label as number, 3] : [label as number]))
  return { ...source, labels }
}

function options(given: Partial<FitOptions> = {}): Parameters<typeof fit>[0] {
  const { network, tensors } = smallNetwork(4)
  return {
    network: { ...network, head: { task: 'multi-label', names: ['a', 'b', 'c', 'd'] } },
    tensors,
    engines: { forward: onnxEngine, training: onnxEngine },
    train: severalSource(1, 24),
    validation: severalSource(2, 12),
    settings: { epochs: 5, batchSize: 8, learningRate: 0.05, monitor: 'meanAveragePrecision', labelSmoothing: 0.1 },
    ...given,
  } as Parameters<typeof fit>[0]
}

describe('training for several classes per image', () => {
  it('learns, draws its own curves, and gives a head with a threshold per class', async () => {
    const { curves, validation } = await fit(options())
    expect(new Set(curves.map(({ name, split }) => `${split} ${name}`))).toEqual(
      new Set([
        'train loss',
        'train stepLoss',
        'train learningRate',
        'train subsetAccuracy',
        'val loss',
        'val meanAveragePrecision',
        'val macroF1',
        'val subsetAccuracy',
      ]),
    )
    expect(validation?.values['meanAveragePrecision']).toBeGreaterThan(0.7)
    expect(validation?.head.thresholds).toHaveLength(4)
  })

  it('takes up an interrupted run and ends with the same weights and thresholds, bit for bit', async () => {
    const whole = await fit(options())
    const controller = new AbortController()
    let bytes: Uint8Array | null = null
    let saves = 0
    const checkpoint = {
      everySteps: 1,
      save: async (state: FitCheckpoint) => {
        bytes = encodeCheckpoint(state)
        saves += 1
        if (saves === 7) controller.abort()
      },
      load: async () => (bytes === null ? null : decodeCheckpoint(bytes)),
    }
    await expect(fit(options({ checkpoint, signal: controller.signal }))).rejects.toMatchObject({ name: 'AbortError' })
    const resumed = await fit(options({ checkpoint }))
    expect(weightsHash(resumed.tensors)).toBe(weightsHash(whole.tensors))
    expect(resumed.validation).toEqual(whole.validation)
    expect(resumed.curves).toEqual(whole.curves)
  })

  it('refuses labels of one class, and says which image has one', async () => {
    await expect(fit(options({ train: noiseSource({ count: 6 }) }))).rejects.toThrow(/Image 0 .*label 0/)
  })
})
