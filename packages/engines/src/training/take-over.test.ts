import { describe, expect, it } from 'vitest'
import { type Engine, EngineError } from '../engine.js'
import { fit, freezeProof, weightsHash } from '../node/training.js'
import { createTakingEngine } from '../testing/taking-engine.js'
import { decodeCheckpoint, encodeCheckpoint, type FitCheckpoints } from './plan/checkpoint.js'
import type { FitEvent, FitOptions } from './plan/fit-types.js'
import { createFakeEngine } from './testing/fake-engine.js'
import { noiseSource, smallNetwork } from './testing/small-problem.js'

const { network, tensors } = smallNetwork()

function optionsFor(training: Engine, changes: Partial<FitOptions> = {}): FitOptions {
  return {
    network,
    tensors,
    engines: { forward: createFakeEngine(), training },
    train: noiseSource({ count: 30, signal: 2, random: true }),
    validation: noiseSource({ count: 12, seed: 2, signal: 2 }),
    settings: {
      epochs: 5,
      batchSize: 8,
      learningRate: 0.1,
      optimizer: 'sgd' as const,
      momentum: 0.9,
      schedule: 'cosine' as const,
      classWeights: 'balanced',
      layerDecay: 0.5,
      seed: 3,
    },
    ...changes,
  }
}

describe('an engine that takes over the whole training', () => {
  it('is offered the run instead of steps, and gives the weights that stepping gives, bit for bit', async () => {
    const taking = createTakingEngine(createFakeEngine())
    const events: FitEvent[] = []
    const taken = await fit(optionsFor(taking, { onEvent: (event) => void events.push(event) }))
    const stepped = await fit(optionsFor(createFakeEngine()))
    expect(taking.jobs).toHaveLength(1)
    expect(taken.engine).toBe('taking')
    expect(weightsHash(taken.tensors)).toBe(weightsHash(stepped.tensors))
    expect([taken.bestEpoch, taken.epochsRun]).toEqual([stepped.bestEpoch, stepped.epochsRun])
    expect(taken.validation).toEqual(stepped.validation)
    expect(events.filter(({ type }) => type === 'metric').length).toBe(taken.curves.length)
    expect(events.at(-1)?.type).toBe('metric')
    expect(freezeProof(network, tensors, taken.tensors).every(({ identical }) => identical)).toBe(true)
  })

  it('stops when it is told to, frees what it holds, and goes on from a checkpoint to the same weights', async () => {
    const whole = await fit(optionsFor(createTakingEngine(createFakeEngine())))
    const controller = new AbortController()
    let bytes: Uint8Array | null = null
    const checkpoint: FitCheckpoints = {
      everySteps: 1,
      save: async (state) => {
        bytes = encodeCheckpoint(state)
        if (state.epoch === 2 && state.position === 2) controller.abort()
      },
      load: async () => (bytes ? decodeCheckpoint(bytes) : null),
    }
    const inner = createFakeEngine()
    const interrupted = optionsFor(createTakingEngine(inner), { checkpoint, signal: controller.signal })
    await expect(fit(interrupted)).rejects.toMatchObject({ name: 'AbortError' })
    expect(inner.calls.disposed).toBe(1)
    const resumed = await fit(optionsFor(createTakingEngine(createFakeEngine()), { checkpoint }))
    expect(weightsHash(resumed.tensors)).toBe(weightsHash(whole.tensors))
    expect(resumed.curves).toEqual(whole.curves)
    const events: FitEvent[] = []
    const other = createTakingEngine(createFakeEngine())
    const settings = { ...optionsFor(other).settings, seed: 4 }
    await fit(optionsFor(other, { checkpoint, settings, onEvent: (event) => void events.push(event) }))
    expect(events.some((event) => event.type === 'log' && event.message.includes('belongs to another'))).toBe(true)
  })

  it('is passed over with a warning when it refuses the network, and the next one steps', async () => {
    const refusing = {
      ...createTakingEngine(createFakeEngine()),
      openFit: () => Promise.reject(new EngineError('Layer "x" is a Foo.', 'Replace it.')),
    }
    const inner = createFakeEngine()
    const messages: string[] = []
    const options = optionsFor(refusing, {
      engines: { forward: inner, training: refusing, fallback: [inner] },
      onEvent: (event) => void (event.type === 'log' && messages.push(event.message)),
    })
    const result = await fit(options)
    expect(result.engine).toBe('fake')
    expect(messages).toContain('taking can\'t train this network. Layer "x" is a Foo. Replace it.')
    const alone = optionsFor(refusing)
    await expect(fit(alone)).rejects.toThrow('Layer "x" is a Foo.')
  })

  it('does not hand over to another engine once it has begun', async () => {
    const inner = createFakeEngine()
    const taking = createTakingEngine(inner)
    const failing = {
      ...taking,
      openFit: () =>
        Promise.resolve({
          run: () => Promise.reject(new EngineError('It diverged.', 'Lower the learning rate.')),
          dispose: () => Promise.resolve(),
        }),
    }
    const engines = { forward: inner, training: failing, fallback: [inner] }
    await expect(fit(optionsFor(failing, { engines }))).rejects.toThrow('It diverged.')
    expect(inner.calls.steps).toEqual([])
  })
})
