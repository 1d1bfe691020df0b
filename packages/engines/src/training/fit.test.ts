import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { refusalOf, rejectionOf } from '@graft/errors/testing'
import { fit, freezeProof, predictLogits, weightsHash } from '../node/training.js'
import { decodeCheckpoint } from './plan/checkpoint.js'
import { scoresOf, taskOf } from './scores/task-of.js'
import type { FitEvent, FitOptions } from './plan/fit-types.js'
import { createFakeEngine } from './testing/fake-engine.js'
import { interruptedAfter } from './testing/interrupted.js'
import { noiseSource, smallNetwork } from './testing/small-problem.js'

let cacheDirectory: string
beforeEach(async () => void (cacheDirectory = await mkdtemp(join(tmpdir(), 'graft-fit-'))))
afterEach(() => rm(cacheDirectory, { recursive: true, force: true }))

/** As plain as it gets: what the numbers below were made with. */
const sgd = { optimizer: 'sgd', momentum: 0.9, weightDecay: 0, schedule: 'constant' } as const

function options(changes: Partial<FitOptions> = {}) {
  const engine = createFakeEngine()
  const { network, tensors } = smallNetwork()
  const events: FitEvent[] = []
  return {
    network,
    tensors,
    events,
    engine,
    engines: { forward: engine, training: engine },
    train: noiseSource({ count: 30, signal: 2 }),
    validation: noiseSource({ count: 12, seed: 2, signal: 2 }),
    settings: { epochs: 8, batchSize: 8, learningRate: 0.1, ...sgd, seed: 3 },
    onEvent: (event: FitEvent) => void events.push(event),
    ...changes,
  }
}

describe('fit', () => {
  it('learns the classes and reports curves, metrics and the prefix', async () => {
    const given = options()
    const result = await fit(given)
    expect(result.validation?.values['accuracy']).toBeGreaterThan(0.9)
    expect(result.epochsRun).toBe(8)
    expect(result.prefix).toEqual({ layers: 3, boundary: 'body.relu', cached: 0, computed: 42, bytes: 42 * 8 * 4 })
    const losses = result.curves
      .filter(({ name, split }) => name === 'loss' && split === 'val')
      .map(({ value }) => value)
    expect(losses).toHaveLength(8)
    expect(losses.at(-1)).toBeLessThan(losses[0] as number)
    expect(new Set(result.curves.map(({ name, split }) => `${split} ${name}`))).toEqual(
      new Set([
        'train stepLoss',
        'train learningRate',
        'train loss',
        'train accuracy',
        'val loss',
        'val accuracy',
        'val macroF1',
      ]),
    )
    expect(given.events.filter(({ type }) => type === 'metric')).toHaveLength(result.curves.length)
    for (const { name, epoch, step, x } of result.curves)
      expect(x).toEqual(
        ['stepLoss', 'learningRate'].includes(name) ? { name: 'step', value: step } : { name: 'epoch', value: epoch },
      )
    expect(given.events.filter((event) => event.type === 'progress').at(-1)).toMatchObject({
      unit: 'steps',
      done: 32,
      total: 32,
    })
  })

  it('runs the frozen part once per image however many epochs there are, and frees what it made', async () => {
    const given = options()
    await fit(given)
    expect(given.engine.calls.forwardImages).toBe(42)
    expect(given.engine.calls.steps).toEqual(Array.from({ length: 32 }, (_, step) => step))
    expect(given.engine.calls.disposed).toBe(given.engine.calls.made)
  })

  it('computes nothing again when the cache folder has the features, and gives the same weights', async () => {
    const first = await fit(options({ cacheDirectory }))
    const given = options({ cacheDirectory })
    const second = await fit(given)
    expect(given.engine.calls.forwardImages).toBe(0)
    expect(second.prefix).toMatchObject({ cached: 42, computed: 0 })
    expect(weightsHash(second.tensors)).toBe(weightsHash(first.tensors))
  })

  it.each([
    ['features cached on disk', true, 'on'],
    ['features kept in memory', false, 'auto'],
    ['features computed for every batch', false, 'off'],
  ] as const)('gives the same weights with %s', async (_, onDisk, cacheFeatures) => {
    const settings = { ...options().settings, cacheFeatures }
    const result = await fit(options({ settings, ...(onDisk && { cacheDirectory }) }))
    expect(weightsHash(result.tensors)).toBe(weightsHash((await fit(options())).tensors))
  })

  it('computes the features of images with the same key only once', async () => {
    const given = options({ train: noiseSource({ count: 30, keyOf: (index) => String(index % 6) }) })
    const result = await fit(given)
    expect(given.engine.calls.forwardImages).toBe(6 + 12)
    expect(result.prefix.computed).toBe(18)
  })

  it('draws a new augmented view every epoch, or goes round the number of views asked for', async () => {
    const exact = options({ train: noiseSource({ count: 30, random: true }), cacheDirectory })
    await fit(exact)
    expect(exact.engine.calls.forwardImages).toBe(30 * 8 + 12)
    const train = noiseSource({ count: 30, random: true, seed: 9 })
    const few = options({ train, cacheDirectory, settings: { ...exact.settings, views: 3 } })
    await fit(few)
    expect(few.engine.calls.forwardImages).toBe(30 * 3) // the validation images are in the cache already
    expect(new Set(train.loaded.map(({ view }) => view))).toEqual(new Set([0, 1, 2]))
  })

  it('proves that frozen parameters did not move and that the head did', async () => {
    const given = options()
    const { tensors } = await fit(given)
    const proof = freezeProof(given.network, given.tensors, tensors)
    expect(proof.map(({ parameter, identical }) => [parameter, identical])).toEqual([
      ['body.gemm.weight', true],
      ['body.gemm.bias', true],
    ])
    expect(tensors.get('head.fc.weight')?.data).not.toEqual(given.tensors.get('head.fc.weight')?.data)
    expect([...tensors.keys()]).toEqual(Object.keys(given.network.parameters))
  })

  it('steps the whole network when nothing comes before the first trainable layer', async () => {
    const { network, tensors } = smallNetwork(3, 8, false)
    const result = await fit(options({ network, tensors }))
    expect(result.prefix).toEqual({ layers: 0, boundary: null, cached: 0, computed: 0, bytes: 0 })
    expect(result.validation?.values['accuracy']).toBeGreaterThan(0.9)
  })

  it('gives the same weights for the same seed and others for another', async () => {
    const hash = async (seed: number): Promise<string> =>
      weightsHash((await fit(options({ settings: { ...options().settings, seed } }))).tensors)
    expect(await hash(3)).toBe(await hash(3))
    expect(await hash(4)).not.toBe(await hash(3))
  })
})

describe('fit watches the validation set', () => {
  // The validation labels are noise to the network, so its loss soon rises.
  const overfitting = () =>
    options({
      train: noiseSource({ count: 12, signal: 0 }),
      validation: noiseSource({ count: 12, seed: 2, signal: 0 }),
    })

  it('stops early and gives back the weights of the best epoch', async () => {
    const given = overfitting()
    const settings = { ...given.settings, epochs: 60, monitor: 'loss', patience: 3 } as const
    const result = await fit({ ...given, settings })
    expect(result.stoppedEarly).toBe(true)
    expect(result.epochsRun).toBe(result.bestEpoch + 3)
    const losses = result.curves
      .filter(({ name, split }) => name === 'loss' && split === 'val')
      .map(({ value }) => value)
    expect(result.validation?.values['loss']).toBe(Math.min(...losses))
    const { tensors } = await fit({
      ...overfitting(),
      settings: { ...given.settings, epochs: result.bestEpoch, restoreBest: false },
    })
    expect(weightsHash(result.tensors)).toBe(weightsHash(tensors))
  })

  it('gives back the last weights, and their metrics, when asked not to restore the best', async () => {
    const given = overfitting()
    const result = await fit({ ...given, settings: { ...given.settings, epochs: 30, restoreBest: false } })
    expect(result.bestEpoch).toBeLessThan(30)
    expect(result.validation?.values['loss']).toBe(
      result.curves.filter(({ name, split }) => name === 'loss' && split === 'val').at(-1)?.value,
    )
  })

  it('says that it cannot stop early without validation images, and runs all epochs', async () => {
    const { validation: _, ...given } = options()
    const result = await fit({ ...given, settings: { ...given.settings, patience: 5 } })
    expect([result.epochsRun, result.bestEpoch, result.validation]).toEqual([8, 8, null])
    expect(given.events).toContainEqual(
      expect.objectContaining({
        type: 'log',
        level: 'warning',
        message: expect.stringContaining('Connect a validation set'),
      }),
    )
  })
})

describe('fit can be interrupted', () => {
  it.each([
    ['between epochs', 3, undefined],
    ['within an epoch', 5, 1],
  ] as const)(
    'takes up a run interrupted %s and ends with the same weights and curves, bit for bit',
    async (_, saves, everySteps) => {
      const settings = {
        ...options().settings,
        schedule: 'oneCycle',
        patience: 4,
      } as const
      const whole = await fit(options({ settings }))
      const { checkpoint, signal, seen } = interruptedAfter(saves, everySteps)
      await expect(fit(options({ settings, checkpoint, signal }))).rejects.toMatchObject({ name: 'AbortError' })
      expect(seen).toHaveLength(saves)
      const resumed = options({ settings, checkpoint })
      const result = await fit(resumed)
      expect(resumed.engine.calls.steps[0]).toBeGreaterThan(0)
      expect(weightsHash(result.tensors)).toBe(weightsHash(whole.tensors))
      expect(result.curves).toEqual(whole.curves)
      expect(result.bestEpoch).toBe(whole.bestEpoch)
    },
  )

  it('starts over, and says so, when the checkpoint belongs to other settings', async () => {
    const { checkpoint, signal } = interruptedAfter(2)
    await fit(options({ checkpoint, signal })).catch(() => {})
    const given = options({ checkpoint, settings: { ...options().settings, learningRate: 0.05 } })
    await fit(given)
    expect(given.engine.calls.steps[0]).toBe(0)
    expect(given.events).toContainEqual(
      expect.objectContaining({ level: 'warning', message: expect.stringContaining('starts from the beginning') }),
    )
  })

  it('gives the result of a finished run without another step', async () => {
    const { checkpoint } = interruptedAfter(100)
    const first = await fit(options({ checkpoint }))
    const again = options({ checkpoint })
    const second = await fit(again)
    expect(again.engine.calls.steps).toEqual([])
    expect(weightsHash(second.tensors)).toBe(weightsHash(first.tensors))
    expect(second.validation).toEqual(first.validation)
  })

  it('stops with an AbortError when the signal comes from a timer while the engine never yields, and frees everything', async () => {
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 30)
    const given = options({
      signal: controller.signal,
      settings: { ...options().settings, epochs: 10_000, restoreBest: false },
    })
    await expect(fit(given)).rejects.toMatchObject({ name: 'AbortError' })
    expect(given.engine.calls.disposed).toBe(given.engine.calls.made)
  })

  it('refuses bytes that are not a checkpoint, with what to do', () => {
    expect(refusalOf(() => decodeCheckpoint(new Uint8Array(20)))).toMatch(/checkpoint can't be read.*Delete it/s)
  })
})

describe('fit refuses what cannot work, and says how to fix it', () => {
  it.each([
    [
      'everything is frozen',
      () => {
        const { network } = smallNetwork()
        return {
          network: {
            ...network,
            parameters: Object.fromEntries(
              Object.entries(network.parameters).map(([name, parameter]) => [name, { ...parameter, trainable: false }]),
            ),
          },
        }
      },
      /is frozen, so there is nothing to train.*before the head/s,
    ],
    ['there are no images', () => ({ train: noiseSource({ count: 0 }) }), /no training images.*Split node/s],
    [
      'the data has more classes than the head',
      () => ({ train: noiseSource({ count: 30, classes: 5 }) }),
      /label 3, but the network has 3 classes.*as many classes/s,
    ],
    ['a setting is wrong', () => ({ settings: { epochs: 0 } }), /settings are not valid[^]*epochs/],
    [
      'Nesterov has no momentum',
      () => ({ settings: { optimizer: 'sgd', nesterov: true, momentum: 0 } as const }),
      /Nesterov needs momentum.*Raise momentum/s,
    ],
    [
      'a multiplier names no stage',
      () => ({ settings: { stageMultipliers: { layer9: 0.1 } } }),
      /"layer9".*stages are: body, head/s,
    ],
    [
      'there are too few class weights',
      () => ({ settings: { classWeights: [1, 2] } }),
      /2 class weights for 3 classes/,
    ],
  ] as const)('when %s', async (_, change, message) => {
    expect(await rejectionOf(fit(options(change() as Partial<FitOptions>)))).toMatch(message)
  })

  it('when training diverges', async () => {
    const given = options({ train: noiseSource({ count: 30, signal: 1e30 }) })
    expect(await rejectionOf(fit(given))).toMatch(/diverged.*Lower the learning rate/s)
    expect(given.engine.calls.disposed).toBe(given.engine.calls.made)
  })

  it('warns of a class without training images, by name', async () => {
    const given = options({ train: noiseSource({ count: 20, classes: 2 }) })
    await fit(given)
    expect(given.events).toContainEqual(
      expect.objectContaining({
        level: 'warning',
        message: expect.stringContaining('No training images for class2'),
      }),
    )
  })
})

describe('predictLogits', () => {
  it('gives the logits that training validated with, whole or through the cache, and reuses what Train computed', async () => {
    const given = options({ cacheDirectory })
    const { tensors, validation } = await fit(given)
    const engine = createFakeEngine()
    const whole = await predictLogits(engine, given.network, tensors, given.validation!, { batchSize: 5 })
    const cachedEngine = createFakeEngine()
    const cached = await predictLogits(cachedEngine, given.network, tensors, given.validation!, {
      cache: { directory: cacheDirectory },
    })
    expect(cached.logits).toEqual(whole.logits)
    expect(cachedEngine.calls.forwardImages).toBe(12) // the head's only: no image went through the prefix again
    const { task, head } = taskOf(given.network)
    const outputs = { values: whole.logits, width: whole.classes }
    expect(scoresOf(task, head, outputs, given.validation!.labels)).toEqual(validation)
  })

  it.each([
    ['in one piece', false],
    ['through the cache', true],
  ])('reports progress up to the last image, %s', async (_, cached) => {
    const { network, tensors } = smallNetwork()
    const seen: number[][] = []
    const source = noiseSource({ count: 20 })
    const onProgress = (...step: number[]): void => void seen.push(step)
    await predictLogits(createFakeEngine(), network, tensors, source, {
      batchSize: 16,
      onProgress,
      ...(cached && { cache: { directory: cacheDirectory } }),
    })
    expect(seen.slice(0, 2)).toEqual([
      [16, 20],
      [20, 20],
    ])
  })

  it('announces every batch before it reads it, in order', async () => {
    const { network, tensors } = smallNetwork()
    const announced: number[][] = []
    const source = noiseSource({ count: 20 })
    await predictLogits(
      createFakeEngine(),
      network,
      tensors,
      { ...source, prefetch: (indices) => void announced.push([...indices]) },
      { batchSize: 8 },
    )
    expect(announced).toEqual(source.loaded.map(({ indices }) => indices))
  })

  it('stops with an AbortError and frees the engine', async () => {
    const { network, tensors } = smallNetwork()
    const engine = createFakeEngine()
    await expect(
      predictLogits(engine, network, tensors, noiseSource({ count: 10 }), { signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({ name: 'AbortError' })
    expect(engine.calls.disposed).toBe(engine.calls.made)
  })
})
