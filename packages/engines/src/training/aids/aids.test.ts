import { freeze, type Network, type Tensors } from '@graft/network'
import { describe, expect, it } from 'vitest'
import { rejectionOf } from '@graft/errors/testing'
import type { Engine } from '../../engine.js'
import { fit, freezeProof, openSession, weightsHash } from '../../node/training.js'
import { onnxEngine } from '../../onnx/onnx-engine.js'
import { testNetwork } from '../../testing/test-networks.js'
import type { FitEvent, FitOptions } from '../plan/fit-types.js'
import { takeStep } from '../session/take-step.js'
import { trainSettings, type TrainSettingsInput } from '../settings/index.js'
import { createFakeEngine } from '../testing/fake-engine.js'
import { interruptedAfter } from '../testing/interrupted.js'
import { noiseSource, smallNetwork } from '../testing/small-problem.js'
import { aids, aidsOf } from './index.js'

const plain = {
  epochs: 6,
  batchSize: 8,
  // Too high, so that the last epochs go to and fro.
  learningRate: 0.6,
  optimizer: 'sgd',
  momentum: 0.9,
  weightDecay: 0,
  schedule: 'constant',
  backboneMultiplier: 1,
  seed: 3,
} as const

type Options = FitOptions & { readonly events: FitEvent[] }

/** A small problem for the fake engine, whose validation images soon say that it learns too much. */
function headOptions(settings: TrainSettingsInput, changes: Partial<FitOptions> = {}): Options {
  const engine = createFakeEngine()
  const events: FitEvent[] = []
  return {
    ...smallNetwork(),
    events,
    engines: { forward: engine, training: engine },
    train: noiseSource({ count: 30, signal: 1 }),
    validation: noiseSource({ count: 12, seed: 2, signal: 1 }),
    settings: { ...plain, ...settings },
    onEvent: (event) => void events.push(event),
    ...changes,
  }
}

/** A network of convolutions that trains from its third stage on. */
function convolutions(): { network: Network; tensors: Tensors } {
  const { network, tensors } = testNetwork({ classes: 3, inputSize: 32 })
  return { network: freeze(network, { frozen: true, to: 'stage3' }), tensors }
}

function networkOptions(settings: TrainSettingsInput, changes: Partial<FitOptions> = {}): Options {
  const images = { count: 12, shape: [3, 32, 32] as const }
  return headOptions(
    { learningRate: 0.05, ...settings },
    {
      ...convolutions(),
      engines: { forward: onnxEngine, training: onnxEngine },
      train: noiseSource(images),
      validation: noiseSource({ ...images, count: 6, seed: 2 }),
      ...changes,
    },
  )
}

const given: Readonly<Record<string, readonly [TrainSettingsInput, typeof headOptions]>> = {
  'focal-loss': [{ focalGamma: 2 }, networkOptions],
  'moving-average': [{ averageDecay: 0.9 }, headOptions],
  soup: [{ soup: 3 }, headOptions],
  'gradual-unfreezing': [{ unfreezeEvery: 2 }, networkOptions],
  'progressive-resizing': [{ startSize: 16 }, networkOptions],
}

it('no aid is on by itself, and each can be turned on', () => {
  expect(aidsOf(trainSettings.parse({}))).toEqual([])
  for (const { name } of aids)
    expect(aidsOf(trainSettings.parse(given[name]?.[0] ?? {})).map((aid) => aid.name)).toEqual([name])
})

describe.each(aids.map(({ name }) => name))('the aid %s', (name) => {
  const [settings, options] = given[name] ?? [{}, headOptions]

  it('changes what is learned, tells so, moves nothing frozen and repeats itself', async () => {
    const [without, first, second] = [
      await fit(options({})),
      await fit(options(settings)),
      await fit(options(settings)),
    ]
    expect(weightsHash(first.tensors)).not.toBe(weightsHash(without.tensors))
    expect(weightsHash(second.tensors)).toBe(weightsHash(first.tensors))
    expect(first.aids).toHaveLength(1)
    expect(without.aids).toBeUndefined()
    const { network, tensors } = options({})
    expect(freezeProof(network, tensors, first.tensors).every(({ identical }) => identical)).toBe(true)
  })

  it.each([3, 5, 9])('ends with the same weights when it is interrupted after %d steps and taken up', async (saves) => {
    const whole = await fit(options(settings))
    const { checkpoint, signal } = interruptedAfter(saves, 1)
    await expect(fit(options(settings, { checkpoint, signal }))).rejects.toMatchObject({ name: 'AbortError' })
    const resumed = await fit(options(settings, { checkpoint }))
    expect(weightsHash(resumed.tensors)).toBe(weightsHash(whole.tensors))
    expect(resumed.curves).toEqual(whole.curves)
    expect(resumed.aids).toEqual(whole.aids)
  })
})

it('all aids together end with the same weights when they are interrupted between two stages', async () => {
  const all = Object.assign({}, ...Object.values(given).map(([settings]) => settings)) as TrainSettingsInput
  const whole = await fit(networkOptions(all))
  expect(whole.aids).toHaveLength(aids.length)
  const { checkpoint, signal } = interruptedAfter(2)
  await fit(networkOptions(all, { checkpoint, signal })).catch(() => {})
  const resumed = await fit(networkOptions(all, { checkpoint }))
  expect(weightsHash(resumed.tensors)).toBe(weightsHash(whole.tensors))
})

/** Steps of epochs `from` up to `to` by hand; gives the weights after each, those of before first. */
async function stepped(options: FitOptions, [from, to]: readonly [number, number]): Promise<Tensors[]> {
  const session = await openSession(options)
  const rate = session.settings.learningRate
  const weights = [await session.trainer.weights()]
  for (let epoch = from; epoch < to; epoch++)
    for (const [position, indices] of session.batches.epoch(epoch).entries()) {
      const step = epoch * session.batches.stepsPerEpoch + position
      await takeStep(session, { step, indices, view: 0, rate })
      weights.push(await session.trainer.weights())
    }
  await session.dispose()
  return weights
}

const valuesOf = (tensors: Tensors | undefined, name: string): readonly number[] => [
  ...(tensors?.get(name)?.data ?? []),
]

const expectClose = (actual: readonly number[], expected: readonly number[]): void => {
  expect(actual).toHaveLength(expected.length)
  actual.forEach((value, index) => expect(value).toBeCloseTo(expected[index] as number, 5))
}

describe('the moving average', () => {
  it('is what its formula gives over the weights of every step', async () => {
    const { tensors } = await fit(headOptions({ averageDecay: 0.8, restoreBest: false }))
    const [first, ...steps] = await stepped(headOptions({}), [0, plain.epochs])
    for (const name of ['head.fc.weight', 'head.fc.bias']) {
      const expected = steps.reduce(
        (average, weights, step) => {
          const decay = Math.min(0.8, (1 + step) / (10 + step))
          return average.map((value, index) => decay * value + (1 - decay) * (valuesOf(weights, name)[index] ?? 0))
        },
        valuesOf(first, name),
      )
      expectClose(valuesOf(tensors, name), expected)
    }
  })

  it('is what is validated: its scores are those of the weights that it ends with', async () => {
    const options = headOptions({ averageDecay: 0.8, restoreBest: false })
    const { tensors, validation } = await fit(options)
    // Rates of next to nothing: the weights stay, and are scored.
    const scored = await fit({ ...options, tensors, settings: { ...plain, epochs: 1, learningRate: 1e-30 } })
    expect(scored.validation?.values['loss']).toBeCloseTo(validation?.values['loss'] ?? Number.NaN, 5)
  })
})

describe('the soup', () => {
  it('is the mean of the epochs that it tells, and no worse on the validation images than the best of them', async () => {
    const best = await fit(headOptions({}))
    const { tensors, joinedEpochs: epochs = [], validation } = await fit(headOptions({ soup: 3 }))
    expect(epochs.length).toBeGreaterThan(1)
    const ends = await Promise.all(
      epochs.map(async (count) => (await fit(headOptions({ epochs: count, restoreBest: false }))).tensors),
    )
    const name = 'head.fc.weight'
    const mean = valuesOf(ends[0], name).map(
      (_, index) => ends.reduce((sum, weights) => sum + (valuesOf(weights, name)[index] ?? 0), 0) / ends.length,
    )
    expectClose(valuesOf(tensors, name), mean)
    expect(validation?.values['loss']).toBeLessThanOrEqual(best.validation?.values['loss'] ?? 0)
  })

  it('joins the last epochs where there are no validation images', async () => {
    const { validation: _, ...options } = headOptions({ soup: 2 })
    expect((await fit(options)).aids).toEqual(['Soup: the mean of the weights of epochs 5 and 6.'])
  })
})

describe('gradual unfreezing', () => {
  it('is training the head alone, then one stage more with a new optimizer, and so on', async () => {
    const settings = { unfreezeEvery: 2, epochs: 4, restoreBest: false }
    const { tensors } = await fit(networkOptions(settings))
    const { network, tensors: before } = convolutions()
    const headAlone = freeze(network, { frozen: true })
    const first = (await stepped(networkOptions({ epochs: 4 }, { network: headAlone }), [0, 2])).at(-1)
    const between = new Map([...before, ...(first ?? [])])
    const wider = freeze(network, { frozen: true, to: 'stage4' })
    const second = await stepped(networkOptions({ epochs: 4 }, { network: wider, tensors: between }), [2, 4])
    expect(weightsHash(tensors)).toBe(weightsHash(new Map([...tensors, ...between, ...(second.at(-1) ?? [])])))
    expect(tensors.get('stage4.0.depthwise.weight')?.data).toEqual(before.get('stage4.0.depthwise.weight')?.data)
    expect(tensors.get('stage5.0.depthwise.weight')?.data).not.toEqual(before.get('stage5.0.depthwise.weight')?.data)
  })
})

describe('progressive resizing', () => {
  it('tells when images grow, and takes the best epoch among those at full size', async () => {
    const options = networkOptions({ startSize: 16 })
    const { bestEpoch } = await fit(options)
    expect(bestEpoch).toBeGreaterThan(2)
    const told = options.events.flatMap((event) => (event.type === 'log' ? [event.message] : []))
    expect(told.filter((message) => message.startsWith('From epoch'))).toHaveLength(2)
  })

  it('refuses a network that takes images of one size only, before the first step', async () => {
    const engine: Engine = createFakeEngine()
    const options = headOptions({ startSize: 2 }, { engines: { forward: engine, training: engine } })
    expect(await rejectionOf(fit(options))).toMatch(/can't be trained on images of 2 pixels.*startSize/s)
  })
})
