import { createRandom, findOperator, normal, operators } from '@graft/network'
import { beforeAll, describe, expect, it } from 'vitest'
import { findTrainingRule, trainingRules } from '../onnx/operators/index.js'
import { blockSize } from '../onnx/training/block-size.js'
import { computeGradients } from '../onnx/training/layer-gradients.js'
import type { LoadedRuntime } from '../onnx/runtime.js'
import { loadRuntime } from '../onnx/runtime.js'
import { startTensorFlow } from '../tfjs/backends.js'
import type { StartedTensorFlow } from '../tfjs/backends.js'
import { conformanceCase, layer } from './conformance-case.js'
import type { ConformanceCase } from './conformance-case.js'
import { normalizedConvolutionCases } from './cases/normalized-convolution.js'
import { conformanceCases } from './conformance-cases.js'
import { finiteDifference, pointOf, ProjectedLoss, randomDirection } from './differentiate.js'

const directionSeed = 20260711
let tfjs: StartedTensorFlow
let runtime: LoadedRuntime

beforeAll(async () => {
  tfjs = await startTensorFlow('cpu')
  runtime = await loadRuntime()
})

/** Random masks differ between engines, so stochastic layers are compared where they pass everything. */
const comparable = conformanceCases.filter((entry) => entry.withoutGradient === undefined)
const stochastic = ({ network }: ConformanceCase): boolean =>
  network.layers.some((layer) => findOperator(layer.operator).stochastic === true && layer.attributes['ratio'] !== 0)

describe('the training rules of the onnx engine', () => {
  it('cover every operator of the network', () => {
    expect(operators.map(({ name }) => name).filter((name) => findTrainingRule(name) === undefined)).toEqual([])
  })

  it('are each for one operator of the network', () => {
    const names = operators.map(({ name }) => name)
    expect(trainingRules.map(({ operator }) => operator).filter((name) => !names.includes(name))).toEqual([])
    expect(new Set(trainingRules.map(({ operator }) => operator)).size).toBe(trainingRules.length)
  })
})

describe('gradients of the onnx training graph', () => {
  it.each(comparable.map((entry) => [entry.operator, entry.title, entry] as const))('%s, %s', async (_, __, entry) => {
    await expectAgreement(entry, 1)
  })
})

describe('gradients of the onnx training graph in the blocked layout', () => {
  const touched = comparable.filter(({ network }) =>
    network.layers.some(({ operator }) => operator === 'Conv' || operator === 'MaxPool'),
  )
  it.each(touched.map((entry) => [entry.title, entry] as const))('%s', async (_, entry) => {
    const size = await blockSize(runtime)
    expect(size, 'channels per block on this processor').toBeGreaterThan(1)
    await expectAgreement(entry, size)
  })
})

describe('batch normalisation in the blocked layout', () => {
  const normalised = normalizedConvolutionCases.filter(({ network }) =>
    network.layers.some(({ statistics }) => statistics === 'batch'),
  )
  const inBothLayouts = async (entry: ConformanceCase) => {
    const gradient = projection(entry)
    return Promise.all(
      [1, await blockSize(runtime)].map((size) => computeGradients(runtime, { ...entry, gradient, blockSize: size })),
    )
  }

  it.each(normalised.map((entry) => [entry.title, entry] as const))(
    'moves the running statistics as the plain layout does: %s',
    async (_, entry) => {
      const [plain, blocked] = await inBothLayouts(entry)
      expect(plain?.updates.size).toBeGreaterThan(0)
      for (const [name, { data }] of plain?.updates ?? [])
        expectClose(blocked?.updates.get(name)?.data ?? new Float32Array(), data, name)
    },
  )

  it('keeps the digits of values far from zero', async () => {
    const [entry] = normalised
    if (!entry) throw new Error('There are cases with the statistics of the batch.')
    const bias = entry.tensors.get('convolved.bias')
    const far = {
      ...entry,
      tensors: new Map([
        ...entry.tensors,
        ['convolved.bias', { shape: bias?.shape ?? [], data: new Float32Array(16).fill(1000) }],
      ]),
    }
    const [near, moved] = [(await inBothLayouts(entry))[1], (await inBothLayouts(far))[1]]
    // float32 has steps of 6e-5 at 1000; squares of such values added up without their mean would be wrong by whole
    // units.
    expect(
      near?.value.data.reduce(
        (worst, value, index) => Math.max(worst, Math.abs(value - (moved?.value.data[index] ?? Number.NaN))),
        0,
      ),
    ).toBeLessThan(2e-3)
  })
})

describe('ties of a maximum', () => {
  const windows: readonly (readonly [
    title: string,
    attributes: Readonly<Record<string, number | readonly number[]>>,
    size: readonly [number, number],
  ])[] = [
    ['3x3, stride 2, padding 1', { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }, [8, 7]],
    ['2x2, stride 2', { kernel_shape: [2, 2], strides: [2, 2] }, [6, 7]],
    ['3x3, stride 1, padding 1', { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }, [5, 6]],
    ['5x3, stride 3 and 2, uneven padding', { kernel_shape: [5, 3], strides: [3, 2], pads: [2, 0, 1, 1] }, [9, 8]],
    ['1x1, stride 2', { kernel_shape: [1, 1], strides: [2, 2] }, [5, 6]],
  ]
  const values = { 'small numbers': [1, 1, 0, 2, 0, 2, 2], zeros: [0], 'zeros and less': [0, -1, 0, 0, -2] }

  it.each(
    windows.flatMap((window) => Object.entries(values).map(([name, repeat]) => [...window, name, repeat] as const)),
  )(
    'go to the same pixel, the first in row order, in the blocked layout as without it: %s on %s, %s',
    async (title, attributes, size, _, repeat) => {
      const entry = conformanceCase('MaxPool', `ties, 16 channels, ${title}`, [layer('MaxPool', { attributes })], {
        input: [16, ...size],
        values: { repeat },
      })
      const gradient = projection(entry).map((__, index) => index + 1)
      const [plain, blocked] = [
        await computeGradients(runtime, { ...entry, gradient, blockSize: 1 }),
        await computeGradients(runtime, { ...entry, gradient, blockSize: await blockSize(runtime) }),
      ]
      expect(plain.gradients.get('input')?.data.some((value) => value !== 0)).toBe(true)
      expect(blocked.gradients.get('input')?.data).toEqual(plain.gradients.get('input')?.data)
    },
  )

  it('are the same whether a rectifier comes before the pooling, as in the network, or after it, as in the training step', async () => {
    const pooling = { attributes: { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] } }
    const options = { input: [16, 8, 7] as const, values: { repeat: [1, 1, 0, -2, 0, 2, 2, -1, -1, -3] } }
    const [before, after] = [
      ['Relu', 'MaxPool'],
      ['MaxPool', 'Relu'],
    ].map((order) =>
      conformanceCase(
        'MaxPool',
        'rectified',
        order.map((operator) => layer(operator, operator === 'MaxPool' ? pooling : {})),
        options,
      ),
    )
    if (!before || !after) throw new Error('There are two orders.')
    const gradient = projection(before).map((_, index) => index + 1)
    const expected = await computeGradients(runtime, { ...after, gradient, blockSize: 1 })
    for (const size of [1, await blockSize(runtime)])
      expect(
        (await computeGradients(runtime, { ...before, gradient, blockSize: size })).gradients.get('input')?.data,
      ).toEqual(expected.gradients.get('input')?.data)
  })
})

function projection(entry: ConformanceCase): Float32Array {
  tfjs.activate()
  const size = new ProjectedLoss(tfjs.tf, entry).output(pointOf(entry)).data.length
  const random = createRandom(size)
  return Float32Array.from({ length: size }, () => normal(random))
}

/** What every layout is held against. */
interface Reference {
  readonly gradient: Float32Array
  readonly value: Float32Array
  readonly inputs: readonly {
    readonly name: string
    readonly values: Float32Array
    readonly direction: Float32Array
    readonly measured: number | null
  }[]
}

const references = new WeakMap<ConformanceCase, Reference>()

function referenceOf(entry: ConformanceCase): Reference {
  const known = references.get(entry)
  if (known) return known
  const gradient = projection(entry)
  const loss = new ProjectedLoss(tfjs.tf, entry)
  const point = pointOf(entry)
  const value = loss.output(point).data
  loss.value(point)
  const random = createRandom(directionSeed)
  const inputs = [...loss.gradients(point)].map(([name, values]) => {
    const direction = randomDirection(values.length, random)
    return {
      name,
      values,
      direction,
      measured: entry.kinks === undefined ? finiteDifference(loss, point, name, direction) : null,
    }
  })
  const reference = { gradient, value, inputs }
  references.set(entry, reference)
  return reference
}

async function expectAgreement(entry: ConformanceCase, size: number): Promise<void> {
  if (stochastic(entry))
    return void (await computeGradients(runtime, { ...entry, gradient: projection(entry), blockSize: size }))
  const { gradient, value, inputs } = referenceOf(entry)
  const result = await computeGradients(runtime, { ...entry, gradient, blockSize: size })
  expectClose(result.value.data, value, 'value')
  for (const { name, values, direction, measured } of inputs) {
    const actual = result.gradients.get(name)?.data ?? new Float32Array(values.length)
    expectClose(actual, values, `gradient of ${name}`)
    if (measured === null) continue
    const claimed = actual.reduce((sum, derivative, index) => sum + derivative * (direction[index] ?? 0), 0)
    expect(
      Math.abs(claimed - measured),
      `derivative by '${name}' is ${claimed}, finite differences say ${measured} (seed ${directionSeed})`,
    ).toBeLessThan(2e-3 + 3e-3 * Math.hypot(...actual))
  }
}

function expectClose(actual: Float32Array, expected: Float32Array, what: string): void {
  expect(actual.length, what).toBe(expected.length)
  const scale = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1)
  const worst = expected.reduce(
    (error, value, index) => Math.max(error, Math.abs((actual[index] ?? Number.NaN) - value)),
    0,
  )
  expect(worst / scale, `largest difference to tfjs, ${what}`).toBeLessThan(2e-4)
}
