import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  addHead,
  type Architecture,
  architectures,
  classifierHead,
  freeze,
  type HeadOptions,
  loadTensors,
  stripHead,
  type Network,
} from '@graft/network'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fit, freezeProof, predictLogits, weightsHash } from '../../node/training.js'
import { onnxEngine } from '../../onnx/onnx-engine.js'
import { multiLabel, singleLabel } from '../../tasks/index.js'
import { createTfjsEngine } from '../../tfjs/tfjs-engine.js'
import { scoresOf } from '../scores/task-of.js'
import type { FitEvent, FitOptions } from '../plan/fit-types.js'
import { noiseSource, smallNetwork } from '../testing/small-problem.js'

const backbone = (architectures[0] as Architecture).build({ classes: 4, inputSize: 32, seed: 1 })
const headed = addHead(stripHead(backbone), {
  classNames: ['ant', 'bee', 'cat'],
  pooling: 'average',
  hidden: [],
  dropout: 0.2,
  seed: 2,
})
const frozen = freeze(headed, { frozen: true })
/** The frozen backbone with another head. */
const headOf = (changes: Partial<HeadOptions> = {}): Network =>
  freeze(
    addHead(stripHead(backbone), {
      classNames: ['a', 'b', 'c'],
      pooling: 'average',
      hidden: [],
      dropout: 0,
      seed: 2,
      ...changes,
    }),
    { frozen: true },
  )
const engines = { forward: onnxEngine, training: onnxEngine }
let cacheDirectory: string

beforeAll(async () => {
  cacheDirectory = await mkdtemp(join(tmpdir(), 'graft-solver-'))
})
afterAll(() => rm(cacheDirectory, { recursive: true, force: true }))

async function optionsFor(network: Network, changes: Partial<FitOptions> = {}): Promise<FitOptions> {
  return {
    network,
    tensors: await loadTensors(network, () => Promise.reject(new Error('There are no blobs in this test.'))),
    engines,
    train: noiseSource({ count: 30, shape: [3, 32, 32], signal: 2 }),
    validation: noiseSource({ count: 9, shape: [3, 32, 32], seed: 2, signal: 2 }),
    settings: { method: 'solver' },
    cacheDirectory,
    ...changes,
  }
}

/** A source, and how many images were loaded from it so far. */
function counted(source: ReturnType<typeof noiseSource>) {
  let images = 0
  const load: typeof source.load = (...call) => {
    images += call[0].length
    return source.load(...call)
  }
  return { train: { ...source, load }, loaded: () => images }
}

describe('fit with the solver', () => {
  it('learns the head, leaves all else bit for bit, and tells how', async () => {
    const events: FitEvent[] = []
    const options = await optionsFor(frozen, { onEvent: (event) => events.push(event) })
    const result = await fit(options)
    expect(freezeProof(frozen, options.tensors, result.tensors).filter(({ identical }) => !identical)).toEqual([])
    expect(result.tensors.get('head.fc.weight')).not.toEqual(options.tensors.get('head.fc.weight'))
    expect(result.solver).toMatchObject({ optimum: { converged: true } })
    expect(result.solver?.candidates).toHaveLength(8)
    expect(result.prefix).toMatchObject({ boundary: 'head.flatten', computed: 39 })
    expect(result.validation?.values['accuracy']).toBeGreaterThan(0.5)
    expect(new Set(result.curves.map(({ name, split }) => `${split} ${name}`))).toEqual(
      new Set(['train stepLoss', 'train loss', 'train accuracy', 'val loss', 'val accuracy', 'val macroF1']),
    )
    expect(events.filter(({ type }) => type === 'progress').at(-1)).toMatchObject({
      unit: 'steps',
      done: 41,
      total: 41,
    })
  })

  it('gives the same weights again, from kept features', async () => {
    const options = await optionsFor(frozen)
    const [first, second] = [await fit(options), await fit(options)]
    expect(second.prefix).toMatchObject({ cached: 39, computed: 0 })
    expect(weightsHash(second.tensors)).toBe(weightsHash(first.tensors))
  })

  it.each([
    ['classMeans', 'class means', 'last'],
    ['classMeans', 'class means', 'all'],
    ['leastSquares', 'least squares', 'last'],
    ['leastSquares', 'least squares', 'all'],
  ] as const)('takes %s (%s), of %s stages, and predicts what it measured', async (method, engine, features) => {
    const network = headOf({ features })
    const options = await optionsFor(network, { settings: { method } })
    const result = await fit(options)
    expect(result).toMatchObject({ engine, solver: { optimum: null, setting: { name: 'sharpness' } } })
    expect(freezeProof(network, options.tensors, result.tensors).filter(({ identical }) => !identical)).toEqual([])
    const source = noiseSource({ count: 9, shape: [3, 32, 32], seed: 2, signal: 2 })
    const { logits } = await predictLogits(onnxEngine, network, result.tensors, source)
    const right = Array.from(source.labels).filter((label, row) => {
      const own = logits.slice(row * 3, row * 3 + 3)
      return own.indexOf(Math.max(...own)) === label
    })
    expect(right.length / 9).toBeCloseTo(result.validation?.values['accuracy'] ?? NaN, 9)
    expect(right.length).toBeGreaterThan(4)
  })

  it.each(['last', 'all'] as const)(
    'puts the nearest training images in the place of the classifier, as layers, of %s stages',
    async (features) => {
      const network = headOf({ features, dropout: 0.2 })
      const options = await optionsFor(network, { settings: { method: 'nearestNeighbours' } })
      const result = await fit(options)
      expect(result).toMatchObject({ engine: 'nearest neighbours', solver: { optimum: null } })
      const made = result.network ?? network
      expect(made.output).toBe(network.output)
      expect(Object.keys(made.parameters).toSorted()).toEqual([...result.tensors.keys()].toSorted())
      expect(result.tensors.get('head.fc.keys.weight')?.shape[0]).toBe(30)
      for (const [name, tensor] of options.tensors)
        if (result.tensors.has(name)) expect(result.tensors.get(name), name).toBe(tensor)
      const source = noiseSource({ count: 9, shape: [3, 32, 32], seed: 2, signal: 2 })
      for (const engine of [onnxEngine, createTfjsEngine({ backend: 'wasm' })]) {
        const { logits } = await predictLogits(engine, made, result.tensors, source)
        const scores = scoresOf(
          singleLabel,
          classifierHead(['a', 'b', 'c']),
          { values: logits, width: 3 },
          source.labels,
        )
        expect(scores.values['loss']).toBeCloseTo(result.validation?.values['loss'] ?? NaN, 4)
        expect(scores.values['accuracy']).toBeGreaterThan(0.4)
      }
    },
  )

  it('gives neighbours of several classes as the odds of each', async () => {
    const { network, tensors } = smallNetwork(3)
    const source = noiseSource({ count: 24, signal: 2 })
    const several = {
      ...source,
      labels: Array.from(
        source.labels,
        (label) => [[label as number], [label as number, 2], []][(label as number) % 3] ?? [],
      ),
    }
    const named = { ...network, head: { ...classifierHead(['a', 'b', 'c']), task: 'multi-label' } }
    const options = {
      network: named,
      tensors,
      engines,
      train: several,
      validation: several,
      settings: { method: 'nearestNeighbours' as const },
    }
    const result = await fit(options)
    const { logits } = await predictLogits(onnxEngine, result.network ?? named, result.tensors, several)
    const own = multiLabel.score({ values: logits, width: 3 }, several.labels, named.head)
    expect(own['loss']).toBeCloseTo(result.validation?.values['loss'] ?? NaN, 4)
    expect(own['meanAveragePrecision']).toBeGreaterThan(0.9)
  })

  it('uses the features that gradient descent has kept', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'graft-solver-shared-'))
    const network = headOf()
    const options = await optionsFor(network, { cacheDirectory: directory })
    await fit({ ...options, settings: { epochs: 1 } })
    expect((await fit(options)).prefix).toMatchObject({ cached: 39, computed: 0 })
    await rm(directory, { recursive: true })
  })

  it('predicts with the network what it measured on features', async () => {
    const options = await optionsFor(frozen)
    const { tensors, validation } = await fit(options)
    const source = noiseSource({ count: 9, shape: [3, 32, 32], seed: 2, signal: 2 })
    const { logits } = await predictLogits(onnxEngine, frozen, tensors, source)
    const losses = Array.from({ length: 9 }, (_, row) => {
      const own = Array.from(logits.slice(row * 3, row * 3 + 3))
      return Math.log(own.reduce((sum, logit) => sum + Math.exp(logit), 0)) - own[source.labels[row] as number]!
    })
    expect(losses.reduce((sum, loss) => sum + loss, 0) / 9).toBeCloseTo(validation?.values['loss'] ?? NaN, 4)
  })

  it('reads all stages, chooses how much each counts, and puts the statistics of the training images in', async () => {
    const network = headOf({ dropout: 0.1, features: 'all' })
    const options = await optionsFor(network)
    const result = await fit(options)
    expect(result.solver).toMatchObject({ optimum: { converged: true } })
    expect(result.solver?.candidates).toHaveLength(40)
    expect(result.solver?.stages.map(({ stage }) => stage)).toEqual(
      network.stages.map(({ name }) => name).filter((name) => name !== 'head'),
    )
    expect(result.solver?.stages.at(-1)?.weight).toBe(1)
    expect(result.solver?.validated?.hitRate).toBeGreaterThan(0.5)
    expect(result.prefix.boundary).toBe('head.join')
    expect(freezeProof(network, options.tensors, result.tensors).filter(({ identical }) => !identical)).toEqual([])
    const { variance } = network.layers.find(({ name }) => name === 'head.standardise')!.parameters
    expect(result.tensors.get(variance!)).not.toEqual(options.tensors.get(variance!))
    const source = noiseSource({ count: 9, shape: [3, 32, 32], seed: 2, signal: 2 })
    const { logits } = await predictLogits(onnxEngine, network, result.tensors, source)
    const loss = Array.from({ length: 9 }, (_, row) => {
      const own = Array.from(logits.slice(row * 3, row * 3 + 3))
      return Math.log(own.reduce((sum, logit) => sum + Math.exp(logit), 0)) - own[source.labels[row] as number]!
    }).reduce((sum, value) => sum + value / 9, 0)
    expect(loss).toBeCloseTo(result.validation?.values['loss'] ?? NaN, 3)
  })

  it('trains the same head by gradient descent, from the joined features', async () => {
    const network = headOf({ pooling: 'max', features: 'all' })
    const result = await fit(await optionsFor(network, { settings: { epochs: 4, batchSize: 10 } }))
    expect(result.prefix.boundary).toBe('head.join')
    const losses = result.curves
      .filter(({ name, split }) => name === 'loss' && split === 'train')
      .map(({ value }) => value)
    expect(losses.at(-1)).toBeLessThan(losses[0]!)
  })

  it.each(['last', 'all'] as const)(
    'runs the backbone once for heads and settings of all kinds on %s',
    async (features) => {
      const directory = await mkdtemp(join(tmpdir(), 'graft-solver-passes-'))
      const withFeatures = (changes: Partial<HeadOptions>): Network => headOf({ features, ...changes })
      const attempts: readonly (readonly [Network, FitOptions['settings']])[] = [
        [withFeatures({}), { method: 'solver' }],
        [withFeatures({}), { method: 'solver', penalty: 0.3, seed: 7 }],
        [withFeatures({ seed: 9, classNames: ['ant', 'bee', 'cat'] }), { method: 'classMeans' }],
        [withFeatures({ dropout: 0.3, stageWeight: 0.9 }), { method: 'solver', classWeights: 'balanced' }],
        [withFeatures({ hidden: [8], dropout: 0.3 }), { epochs: 2 }],
      ]
      const source = noiseSource({ count: 30, shape: [3, 32, 32], signal: 2 })
      const { train, loaded } = counted(source)
      for (const [network, settings] of attempts) {
        const { validation: _, ...options } = await optionsFor(network, { train, settings, cacheDirectory: directory })
        await fit(options)
      }
      expect(loaded()).toBe(30)
      await rm(directory, { recursive: true })
    },
  )

  it('runs the backbone once for a head on all stages and one on the last stage after it, by any method', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'graft-solver-stages-'))
    const source = noiseSource({ count: 30, shape: [3, 32, 32], signal: 2 })
    const { train, loaded } = counted(source)
    const fitOn = async (features: 'last' | 'all', settings: FitOptions['settings'], place?: string) => {
      const changes = { train, settings, ...(place !== undefined && { cacheDirectory: place }) }
      const { validation: _, ...options } = await optionsFor(headOf({ features }), changes)
      return fit(options)
    }
    await fitOn('all', { method: 'leastSquares' }, directory)
    expect(loaded()).toBe(30)
    const shared = await fitOn('last', { method: 'solver' }, directory)
    await fitOn('last', { epochs: 2 }, directory)
    expect(loaded()).toBe(30)
    // What was taken from all stages is what the last stage's own pass gives, bit for bit.
    const alone = await mkdtemp(join(tmpdir(), 'graft-solver-alone-'))
    const own = await fitOn('last', { method: 'solver' }, alone)
    expect(loaded()).toBe(60)
    expect(weightsHash(own.tensors)).toBe(weightsHash(shared.tensors))
    await Promise.all([directory, alone].map((place) => rm(place, { recursive: true })))
  })

  it('learns several classes per image, with a threshold for each', async () => {
    const { network, tensors } = smallNetwork(4)
    const several = (seed: number, count: number) => {
      const source = noiseSource({ count, seed, signal: 2 })
      return {
        ...source,
        labels: Array.from(source.labels, (label, index) => (index % 2 ? [label as number, 3] : [label as number])),
      }
    }
    const result = await fit({
      network: { ...network, head: { task: 'multi-label', names: ['a', 'b', 'c', 'd'] } },
      tensors,
      engines,
      train: several(1, 24),
      validation: several(2, 12),
      settings: { method: 'solver', classWeights: 'balanced', labelSmoothing: 0.1 },
    })
    expect(result.validation?.values['meanAveragePrecision']).toBeGreaterThan(0.7)
    expect(result.validation?.head.thresholds).toHaveLength(4)
  })

  it('takes a penalty that is given, and larger ones give smaller weights', async () => {
    const { network, tensors } = smallNetwork(3)
    const sizes: number[] = []
    for (const penalty of [0.001, 0.1, 10]) {
      const result = await fit({
        network,
        tensors,
        engines,
        train: noiseSource({ count: 12 }),
        settings: { method: 'solver', penalty },
      })
      expect(result.solver).toMatchObject({ setting: { name: 'penalty', value: penalty }, candidates: [] })
      sizes.push(result.tensors.get('head.fc.weight')!.data.reduce((sum, value) => sum + value ** 2, 0))
    }
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a))
  })

  it('does with one image per class, where nothing can be compared', async () => {
    const { network, tensors } = smallNetwork(3)
    const result = await fit({
      network,
      tensors,
      engines,
      train: noiseSource({ count: 3 }),
      settings: { method: 'solver' },
    })
    expect(result.solver).toMatchObject({ candidates: [], validated: null, optimum: { converged: true } })
  })

  it.each([
    ['a backbone that trains', smallNetwork(3, 8, false).network, 'body.gemm would be trained too'],
    ['hidden units', headOf({ hidden: [8], seed: 1 }), 'head.hidden1 would be trained too'],
    ['batch statistics', freeze(headed, { frozen: true, statistics: 'batch' }), 'would be trained too'],
  ])('refuses %s, and says what to freeze or which method to take', async (_, network, message) => {
    const options =
      network.name === 'small'
        ? { ...(await optionsFor(frozen)), ...smallNetwork(3, 8, false) }
        : await optionsFor(network)
    await expect(
      fit({
        ...options,
        train: noiseSource({ count: 4, classes: 2, shape: network.name === 'small' ? [3, 4, 4] : [3, 32, 32] }),
      }),
    ).rejects.toMatchObject({
      message: expect.stringContaining(message) as string,
      fix: expect.stringContaining('gradient descent') as string,
    })
  })

  it('stops when it is cancelled', async () => {
    const options = await optionsFor(frozen, { signal: AbortSignal.abort() })
    await expect(fit(options)).rejects.toMatchObject({ name: 'AbortError' })
  })
})
