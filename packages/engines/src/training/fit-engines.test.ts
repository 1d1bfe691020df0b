import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  addHead,
  type Architecture,
  architectures,
  freeze,
  loadTensors,
  stripHead,
  type TensorData,
  type Tensors,
} from '@graft/network'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Engine, EngineError } from '../engine.js'
import { trainersUnderTest } from '../conformance/engines-under-test.js'
import { onnxEngine } from '../onnx/onnx-engine.js'
import { createTfjsEngine } from '../tfjs/tfjs-engine.js'
import { decodeCheckpoint, encodeCheckpoint, type FitCheckpoints } from './plan/checkpoint.js'
import { nodeHost } from '../node/node-host.js'
import { fit, freezeProof, predictLogits, weightsHash } from '../node/training.js'
import type { FitOptions } from './plan/fit-types.js'
import { frozenParameters } from './freeze-proof.js'
import { noiseSource } from './testing/small-problem.js'

// GraftNet with a new head, everything before stage5 frozen; stage5 trains with batch statistics. The prefix runs in
// onnxruntime, the rest is stepped by either engine.
const backbone = (architectures[0] as Architecture).build({ classes: 4, inputSize: 32, seed: 1 })
const headed = addHead(stripHead(backbone), {
  classNames: ['ant', 'bee', 'cat'],
  pooling: 'average',
  hidden: [],
  dropout: 0.1,
  seed: 2,
})
const network = freeze(headed, { to: 'stage4', frozen: true, statistics: 'frozen' })
let tensors: Tensors
let cacheDirectory: string

beforeAll(async () => {
  tensors = await loadTensors(network, () => Promise.reject(new Error('There are no blobs in this test.')))
})

const optionsFor = (changes: Partial<FitOptions> = {}): FitOptions => ({
  network,
  tensors,
  engines: { forward: onnxEngine, training: onnxEngine },
  train: noiseSource({ count: 25, shape: [3, 32, 32], random: true, signal: 2 }),
  validation: noiseSource({ count: 9, shape: [3, 32, 32], seed: 2, signal: 2 }),
  settings: {
    epochs: 3,
    batchSize: 8,
    learningRate: 3e-3,
    schedule: 'oneCycle' as const,
    layerDecay: 0.5,
    clipNorm: 1,
    labelSmoothing: 0.1,
    classWeights: 'balanced',
    seed: 5,
  },
  cacheDirectory,
  ...changes,
})

const trainers = trainersUnderTest.filter(({ listed }) => listed)

describe.each(trainers)('fit with the real engines, $name training', ({ engine: training }) => {
  const options = (changes: Partial<FitOptions> = {}): FitOptions =>
    optionsFor({ engines: { forward: onnxEngine, training }, ...changes })

  beforeAll(async () => {
    cacheDirectory = await mkdtemp(join(tmpdir(), 'graft-fit-engines-'))
  })
  afterAll(() => rm(cacheDirectory, { recursive: true, force: true }))

  it('trains the suffix, moves its running statistics, and leaves every frozen parameter and statistic bit-identical', async () => {
    const result = await fit(options())
    expect(result.prefix.boundary).toBe('stage4.1.activation')
    expect(result.prefix.computed).toBe(25 * 3 + 9)
    const proof = freezeProof(network, tensors, result.tensors)
    expect(proof.filter(({ identical }) => !identical)).toEqual([])
    expect(proof.filter(({ statistic }) => statistic).length).toBeGreaterThan(10)
    const frozen = new Set(frozenParameters(network).map(({ parameter }) => parameter))
    const unmoved = [...result.tensors].filter(
      ([name, tensor]) =>
        !frozen.has(name) && nodeHost.hashes.tensor(tensor) === nodeHost.hashes.tensor(tensors.get(name) as TensorData),
    )
    expect(unmoved.map(([name]) => name)).toEqual([])
    const losses = result.curves
      .filter(({ name, split }) => name === 'loss' && split === 'train')
      .map(({ value }) => value)
    expect(losses.at(-1)).toBeLessThan(losses[0] as number)
  })

  it('gives the same weights whether features come from the disk, from memory, or again for every batch', async () => {
    const first = weightsHash((await fit(options())).tensors)
    expect(weightsHash((await fit(options())).tensors)).toBe(first)
    const { cacheDirectory: _, ...without } = options()
    expect(
      weightsHash((await fit({ ...without, settings: { ...without.settings, cacheFeatures: 'on' } })).tensors),
    ).toBe(first)
    expect(
      weightsHash((await fit({ ...without, settings: { ...without.settings, cacheFeatures: 'off' } })).tensors),
    ).toBe(first)
  })

  it.each(['adamw', 'sgd'] as const)(
    'resumes %s in the middle of an epoch and ends with the same weights, bit for bit',
    async (name) => {
      const settings = { ...options().settings, optimizer: name }
      const whole = await fit(options({ settings }))
      const controller = new AbortController()
      let bytes: Uint8Array | null = null
      const checkpoint: FitCheckpoints = {
        everySteps: 1,
        save: async (state) => {
          bytes = encodeCheckpoint(state)
          if (state.epoch === 1 && state.position === 2) controller.abort()
        },
        load: async () => (bytes ? decodeCheckpoint(bytes) : null),
      }
      await expect(fit(options({ settings, checkpoint, signal: controller.signal }))).rejects.toMatchObject({
        name: 'AbortError',
      })
      const resumed = await fit(options({ settings, checkpoint }))
      expect(weightsHash(resumed.tensors)).toBe(weightsHash(whole.tensors))
      expect(resumed.curves).toEqual(whole.curves)
    },
  )

  it('predicts through the cache what it predicts in one piece', async () => {
    const { tensors: trained, validation } = await fit(options())
    const source = options().validation as NonNullable<FitOptions['validation']>
    const whole = await predictLogits(onnxEngine, network, trained, source)
    const cached = await predictLogits(onnxEngine, network, trained, source, { cache: { directory: cacheDirectory } })
    whole.logits.forEach((logit, index) => expect(cached.logits[index]).toBeCloseTo(logit, 4))
    expect(Math.max(...whole.logits)).toBeGreaterThan(Math.min(...whole.logits))
    expect(validation?.count).toBe(9)
  })
})

describe('the frozen part', () => {
  beforeAll(async () => {
    cacheDirectory = await mkdtemp(join(tmpdir(), 'graft-frozen-part-'))
  })
  afterAll(() => rm(cacheDirectory, { recursive: true, force: true }))

  /**
   * onnx, with the number of layers of every network that it opened for forward passes; or one that refuses all of
   * them.
   */
  function watched(refuses = false): { readonly engine: Engine; readonly opened: number[] } {
    const opened: number[] = []
    const forward: Engine['forward'] = (part, options) => {
      opened.push(part.layers.length)
      return refuses ? Promise.reject(new EngineError('not this one', '')) : onnxEngine.forward(part, options)
    }
    return { engine: { ...onnxEngine, forward }, opened }
  }

  it('is not opened where every feature is kept: neither to train again nor to predict', async () => {
    const first = watched()
    const trained = await fit(optionsFor({ engines: { forward: first.engine, training: onnxEngine } }))
    expect(first.opened).toEqual([trained.prefix.layers])
    const again = watched()
    const { prefix } = await fit(optionsFor({ engines: { forward: again.engine, training: onnxEngine } }))
    expect(prefix).toMatchObject({ cached: 25 * 3 + 9, computed: 0 })
    expect(again.opened).toEqual([])
    await predictLogits(again.engine, network, trained.tensors, optionsFor().validation as never, {
      cache: { directory: cacheDirectory },
    })
    expect(again.opened).toEqual([network.layers.length - prefix.layers])
  })

  it('gives features of one engine only: one that steps in when some are kept of another computes all of them', async () => {
    const tfjs = createTfjsEngine({ backend: 'wasm' })
    const { validation: _, ...withoutValidation } = optionsFor()
    await fit(withoutValidation)
    const messages: string[] = []
    const mixed = await fit(
      optionsFor({
        engines: { forward: watched(true).engine, training: onnxEngine, fallback: [tfjs] },
        validation: noiseSource({ count: 9, shape: [3, 32, 32], seed: 77, signal: 2 }),
        onEvent: (event) => void (event.type === 'log' && messages.push(event.message)),
      }),
    )
    expect(messages.filter((message) => message.includes('not this one'))).toHaveLength(1)
    const fresh = await mkdtemp(join(tmpdir(), 'graft-frozen-part-'))
    const whole = await fit(optionsFor({ engines: { forward: tfjs, training: onnxEngine }, cacheDirectory: fresh }))
    await rm(fresh, { recursive: true, force: true })
    expect(weightsHash(mixed.tensors)).toBe(weightsHash(whole.tensors))
  })
})
