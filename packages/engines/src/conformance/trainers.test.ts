import { must } from '@graft/errors'
import { writeSafetensors } from '@graft/network'
import type { Network, Tensors } from '@graft/network'
import { describe, expect, it } from 'vitest'
import type { Batch, Engine, OptimizerSpec, Trainer, TrainerSpec } from '../engine.js'
import { singleLabel, type TargetOptions } from '../tasks/index.js'
import { singleLabelTargets } from '../tasks/testing/single-label-targets.js'
import { randomBatch, testNetwork } from '../testing/test-networks.js'
import { trainersUnderTest } from './engines-under-test.js'

const classes = 5
const { network, tensors } = testNetwork({ classes, inputSize: 32 })
const batches = [0, 1, 2].map((index) => randomBatch([8, 3, 32, 32], 100 + index))
const smoothed = { labelSmoothing: 0.1 }
const targetsOf = (labels: ArrayLike<number>, options: TargetOptions = smoothed): Batch =>
  singleLabelTargets(labels, classes, options)
const labels = batches.map((_, index) => Int32Array.from({ length: 8 }, (__, row) => (row * 3 + index) % classes))
const sgd: OptimizerSpec = { name: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 0.01 }
const adam: OptimizerSpec = { name: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 }
const spec: TrainerSpec = { tensors, optimizer: sgd, loss: singleLabel.loss, seed: 3 }

const frozenPart = /^(stem|stage[123])\b/

function withStatistics(statistics: 'frozen' | 'batch'): Network {
  return {
    ...network,
    layers: network.layers.map((layer) => (layer.operator === 'BatchNormalization' ? { ...layer, statistics } : layer)),
  }
}

/** Frozen up to stage 3, running statistics included. */
function partlyFrozen(): Network {
  const whole = withStatistics('batch')
  return {
    ...whole,
    layers: whole.layers.map((layer) =>
      layer.statistics && frozenPart.test(layer.name) ? { ...layer, statistics: 'frozen' } : layer,
    ),
    parameters: Object.fromEntries(
      Object.entries(network.parameters).map(([name, parameter]) => [
        name,
        { ...parameter, trainable: parameter.trainable && !frozenPart.test(name) },
      ]),
    ),
  }
}

/** Dropout before the last layer. */
function withDropout(): Network {
  const last = network.layers.at(-1)!
  const dropout = {
    name: 'dropout',
    operator: 'Dropout',
    inputs: last.inputs,
    parameters: {},
    attributes: { ratio: 0.5 },
  }
  return {
    ...network,
    layers: [...network.layers.slice(0, -1), dropout, { ...last, inputs: ['dropout'] }],
    stages: network.stages.map((stage) =>
      stage.name === 'head' ? { ...stage, layers: [...stage.layers.slice(0, -1), 'dropout', last.name] } : stage,
    ),
  }
}

async function takeSteps(
  trainer: Trainer,
  count: number,
  learningRate = 0.01,
  from = 0,
  options: TargetOptions = smoothed,
): Promise<{ losses: number[]; norms: number[] }> {
  const losses: number[] = []
  const norms: number[] = []
  for (let step = from; step < from + count; step++) {
    const result = await trainer.step(batches[step % 3]!, targetsOf(labels[step % 3]!, options), learningRate, step)
    losses.push(result.loss)
    norms.push(result.gradientNorm)
  }
  return { losses, norms }
}

const bytesOf = (values: Tensors): string => Buffer.from(writeSafetensors(values)).toString('base64')

const settings: readonly (Partial<TrainerSpec> & {
  readonly title: string
  readonly network: Network
  readonly learningRate?: number
  readonly targets?: TargetOptions
})[] = [
  { title: 'SGD with Nesterov momentum, batch statistics', network: withStatistics('batch'), learningRate: 0.002 },
  {
    title: 'SGD with plain momentum, frozen statistics',
    network: withStatistics('frozen'),
    optimizer: { ...sgd, nesterov: false },
  },
  {
    title: 'SGD without momentum or decay',
    network: withStatistics('frozen'),
    optimizer: { name: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 },
  },
  {
    title: 'Adam, class weights and label smoothing',
    network: withStatistics('batch'),
    optimizer: adam,
    learningRate: 1e-3,
    targets: { labelSmoothing: 0.1, classWeights: [1, 2, 0.5, 3, 1] },
  },
  {
    title: 'AdamW, frozen statistics',
    network: withStatistics('frozen'),
    optimizer: { ...adam, name: 'adamw', weightDecay: 0.1 },
    learningRate: 1e-3,
  },
  { title: 'gradient clipping', network: withStatistics('batch'), clipNorm: 0.5, learningRate: 0.05 },
  {
    title: 'partly frozen, own learning rates',
    network: partlyFrozen(),
    learningRateScale: { 'head.fc.weight': 5, 'head.fc.bias': 5, 'stage4.0.pointwise.weight': 0.1 },
  },
]

describe.each(trainersUnderTest.filter(({ listed }) => listed))('training steps of $name', ({ engine }) => {
  const reference = trainersUnderTest.find(({ engine: other, listed }) => listed && other.id !== engine.id)

  it.skipIf(!reference).each(settings.map((entry) => [entry.title, entry] as const))(
    'give the numbers of another engine: %s',
    async (_, { title, network: trained, learningRate = 0.01, targets, ...own }) => {
      const run = async (asked: Engine) => {
        const trainer = await asked.trainer(trained, { ...spec, ...own })
        const curve = await takeSteps(trainer, 4, learningRate, 0, targets)
        const result = {
          ...curve,
          weights: await trainer.weights(),
          evaluated: await trainer.evaluate(batches[0]!),
          slots: (await trainer.state()).slots,
        }
        await trainer.dispose()
        return result
      }
      const actual = await run(engine)
      const expected = await run(must(reference, 'another engine that trains').engine)
      expected.losses.forEach((loss, step) =>
        expect(Math.abs(actual.losses[step]! / loss - 1), `${title}: loss of step ${step}`).toBeLessThan(1e-3),
      )
      // Kinks make the fresh network's gradients chaotic: by the fourth step even two tfjs backends are a percent
      // apart.
      expected.norms
        .slice(0, 3)
        .forEach((norm, step) =>
          expect(Math.abs(actual.norms[step]! / norm - 1), `${title}: norm of step ${step}`).toBeLessThan(2e-3),
        )
      for (const [name, { data }] of expected.weights)
        expect(distance(actual.weights.get(name)!.data, data), name).toBeLessThan(2e-2)
      expect(distance(actual.evaluated.data, expected.evaluated.data)).toBeLessThan(3e-2)
      expect([...actual.slots.keys()].sort()).toEqual([...expected.slots.keys()].sort())
    },
  )
})

/** Length of the difference over the length of the expected values. */
function distance(actual: Float32Array, expected: Float32Array): number {
  return Math.hypot(...expected.map((value, index) => value - actual[index]!)) / (Math.hypot(...expected) + 1e-6)
}

describe.each(trainersUnderTest.filter(({ listed }) => listed))('the trainer of $name', ({ engine }) => {
  it.skipIf(!engine.deterministic)('gives the same bits twice, the smaller last batch included', async () => {
    const results: string[] = []
    const small = { shape: [3, 3, 32, 32], data: batches[0]!.data.slice(0, 3 * 3 * 32 * 32) }
    for (let run = 0; run < 2; run++) {
      const trainer = await engine.trainer(withStatistics('batch'), spec)
      await takeSteps(trainer, 2)
      await trainer.step(small, targetsOf([0, 1, 2]), 0.01, 2)
      await takeSteps(trainer, 1, 0.01, 3)
      results.push(bytesOf(await trainer.weights()))
      await trainer.dispose()
    }
    expect(results[0]).toBe(results[1])
  })

  it('leaves frozen parameters and frozen statistics bit-identical, and moves the others', async () => {
    const trainer = await engine.trainer(partlyFrozen(), spec)
    await takeSteps(trainer, 2)
    const after = await trainer.weights()
    await trainer.dispose()
    for (const [name, before] of tensors) {
      const same = Buffer.from(after.get(name)!.data.buffer).equals(
        Buffer.from(before.data.buffer, before.data.byteOffset, before.data.byteLength),
      )
      expect(same, name).toBe(frozenPart.test(name))
    }
  })

  it.skipIf(!engine.deterministic)('resumes exactly from a saved state', async () => {
    const straight = await engine.trainer(withDropout(), { ...spec, optimizer: adam })
    await takeSteps(straight, 2)
    const saved = await straight.state()
    await takeSteps(straight, 2, 0.01, 2)
    const resumed = await engine.trainer(withDropout(), { ...spec, optimizer: adam })
    await resumed.restore(saved)
    await takeSteps(resumed, 2, 0.01, 2)
    expect(bytesOf(await resumed.weights())).toBe(bytesOf(await straight.weights()))
    expect(bytesOf((await resumed.state()).slots)).toBe(bytesOf((await straight.state()).slots))
    await straight.dispose()
    await resumed.dispose()
  })

  it.skipIf(!engine.deterministic)('computes with the frozen weights of a restored state', async () => {
    const other: Tensors = new Map(
      [...tensors].map(([name, { shape, data }]) => [name, { shape, data: data.map((value) => value * 1.1 + 0.01) }]),
    )
    const trainer = await engine.trainer(partlyFrozen(), spec)
    const before = (await takeSteps(trainer, 1)).losses[0]
    const saved = await trainer.state()
    await trainer.restore({ ...saved, weights: other })
    const fresh = await engine.trainer(partlyFrozen(), { ...spec, tensors: other })
    await fresh.restore({ ...saved, weights: other })
    const [restored, expected] = [await takeSteps(trainer, 1, 0.01, 1), await takeSteps(fresh, 1, 0.01, 1)]
    expect(restored.losses).toEqual(expected.losses)
    expect(restored.losses[0]).not.toBe(before)
    await trainer.dispose()
    await fresh.dispose()
  })

  it('keeps the values it gave away apart from its own', async () => {
    const trainer = await engine.trainer(network, spec)
    const before = await trainer.weights()
    const bytes = bytesOf(before)
    await takeSteps(trainer, 1)
    expect(bytesOf(before)).toBe(bytes)
    for (const { data } of (await trainer.weights()).values()) data.fill(0)
    expect((await takeSteps(trainer, 1, 0.01, 1)).norms[0]).toBeGreaterThan(0)
    await trainer.dispose()
  })

  it('gives the same step for a batch in parts as for the whole one, class weights included', async () => {
    const options = { labelSmoothing: 0.1, classWeights: [1, 2, 0.5, 3, 1] }
    const results = await Promise.all(
      [8, 3].map(async (largestPart) => {
        const trainer = await engine.trainer(withStatistics('frozen'), {
          ...spec,
          clipNorm: 0.5,
          largestPart,
        })
        await trainer.prepare?.(8)
        const first = await trainer.step(batches[0]!, targetsOf(labels[0]!, options), 0.01, 0)
        const second = await trainer.step(batches[1]!, targetsOf(labels[1]!, options), 0.01, 1)
        const values = { first, second, weights: await trainer.weights(), slots: (await trainer.state()).slots }
        await trainer.dispose()
        return values
      }),
    )
    const [whole, parts] = results as [(typeof results)[0], (typeof results)[0]]
    for (const step of ['first', 'second'] as const) {
      expect(Math.abs(parts[step].loss / whole[step].loss - 1)).toBeLessThan(1e-4)
      expect(Math.abs(parts[step].gradientNorm / whole[step].gradientNorm - 1)).toBeLessThan(1e-3)
      expect(parts[step].logits.shape).toEqual(whole[step].logits.shape)
      expect(distance(parts[step].logits.data, whole[step].logits.data)).toBeLessThan(1e-3)
    }
    for (const [name, { data }] of whole.weights)
      expect(distance(parts.weights.get(name)!.data, data), name).toBeLessThan(1e-3)
    expect([...parts.slots.keys()]).toEqual([...whole.slots.keys()])
  })

  it.skipIf(!engine.deterministic)(
    'draws other dropout masks every step, and the same ones in another run',
    async () => {
      const losses: number[][] = []
      for (let run = 0; run < 2; run++) {
        const trainer = await engine.trainer(withDropout(), spec)
        const list: number[] = []
        for (const step of [0, 3]) list.push((await trainer.step(batches[0]!, targetsOf(labels[0]!), 0, step)).loss)
        losses.push(list)
        await trainer.dispose()
      }
      expect(losses[0]).toEqual(losses[1])
      expect(losses[0]![0]).not.toBe(losses[0]![1])
    },
  )

  it('refuses targets, batches, networks and states that do not fit, with the fix', async () => {
    const trainer = await engine.trainer(network, spec)
    await expect(trainer.step(batches[0]!, targetsOf([1]), 0.1, 0)).rejects.toMatchObject({
      fix: expect.stringContaining('one row of 5 targets per row'),
    })
    const narrow = singleLabelTargets(labels[0]!, 5)
    await expect(
      trainer.step(batches[0]!, { shape: [8, 4], data: narrow.data.slice(0, 32) }, 0.1, 0),
    ).rejects.toMatchObject({ fix: expect.stringContaining('one row of 5 targets per row') })
    await expect(trainer.restore({ step: 1, weights: tensors, slots: new Map() })).rejects.toThrow(/another optimizer/)
    await trainer.dispose()
    await expect(trainer.evaluate(batches[0]!)).rejects.toThrow(/disposed/)
    const frozen = {
      ...network,
      parameters: Object.fromEntries(
        Object.entries(network.parameters).map(([name, parameter]) => [name, { ...parameter, trainable: false }]),
      ),
    }
    await expect(engine.trainer(frozen, spec)).rejects.toThrow(/Nothing in the network/)
    await expect(engine.trainer(network, { ...spec, tensors: new Map() })).rejects.toThrow(/missing/)
  })
})
