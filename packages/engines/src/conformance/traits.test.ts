import { must } from '@graft/errors'
import { inferShapes, operators, resolveAttributes } from '@graft/network'
import type { Operator, Tensors } from '@graft/network'
import { beforeAll, describe, expect, it } from 'vitest'
import { createOnnxForward } from '../onnx/forward.js'
import { loadRuntime } from '../onnx/runtime.js'
import type { LoadedRuntime } from '../onnx/runtime.js'
import { computeGradients } from '../onnx/training/layer-gradients.js'
import { conformanceCase, layer } from './conformance-case.js'
import type { ConformanceCase } from './conformance-case.js'
import { conformanceCases } from './conformance-cases.js'

// Code outside an operator acts on what the operator says of itself: each claim is held against what is computed.

let runtime: LoadedRuntime

beforeAll(async () => {
  runtime = await loadRuntime()
})

const named = (has: (operator: Operator) => unknown): readonly (readonly [string, Operator])[] =>
  operators.filter(has).map((operator) => [operator.name, operator] as const)

/** Cases of an operator that consist of it alone. */
const casesOf = ({ name }: Operator): readonly ConformanceCase[] =>
  conformanceCases.filter(({ operator, network }) => operator === name && network.layers.length === 1)

describe.each(named(({ finiteAtZero }) => finiteAtZero))('%s, finite at zero,', (name, { arity }) => {
  it('gives finite values and derivatives where all inputs are zero', async () => {
    const inputs = Array.from({ length: typeof arity === 'number' ? arity : 2 }, () => 'input')
    const entry = conformanceCase(name, 'zeros', [layer(name, { inputs })])
    const zeros = { shape: entry.input.shape, data: new Float32Array(entry.input.data.length) }
    const ones = new Float32Array(zeros.data.length).fill(1)
    const { value, gradients } = await computeGradients(runtime, { ...entry, input: zeros, gradient: ones })
    expect(value.data.every(Number.isFinite)).toBe(true)
    expect(must(gradients.get('input'), 'the gradient').data.every(Number.isFinite)).toBe(true)
  })
})

describe.each(named(({ keepsNumbers }) => keepsNumbers))('%s, which keeps numbers,', (_, operator) => {
  it('gives those that it gets, in their order', async () => {
    const cases = casesOf(operator)
    expect(cases.length).toBeGreaterThan(0)
    for (const entry of cases) expect([...(await valueOf(entry))]).toEqual([...entry.input.data])
  })
})

describe.each(named(({ pools }) => pools))('%s, a pooling,', (_, operator) => {
  it('gives fewer or as many numbers, none beyond those that it gets and the zeros around them', async () => {
    const cases = casesOf(operator)
    expect(cases.length).toBeGreaterThan(0)
    for (const entry of cases) {
      const value = await valueOf(entry)
      expect(Math.max(...value)).toBeLessThanOrEqual(Math.max(0, ...entry.input.data) + 1e-6)
      expect(Math.min(...value)).toBeGreaterThanOrEqual(Math.min(0, ...entry.input.data) - 1e-6)
    }
  })
})

describe.each(named(({ givesProbabilities }) => givesProbabilities))('%s, which gives probabilities,', (name) => {
  it('gives numbers that sum to one, or their logarithms', async () => {
    const entry = conformanceCase(name, 'scores', [layer(name)])
    const value = await valueOf(entry)
    const width = must(entry.input.shape.at(-1), 'the last axis')
    const sum = (numbers: Float32Array): number => numbers.reduce((total, number) => total + number, 0)
    for (let row = 0; row < value.length; row += width) {
      const numbers = value.slice(row, row + width)
      expect(sum(numbers.some((number) => number < 0) ? numbers.map(Math.exp) : numbers)).toBeCloseTo(1, 5)
    }
  })
})

describe.each(named(({ linear }) => linear))('%s, linear in its weight,', (_, operator) => {
  // A Gemm follows a Flatten.
  const cases = conformanceCases.filter(
    ({ operator: name, network }) =>
      name === operator.name &&
      network.layers.at(-1)?.parameters['weight'] !== undefined &&
      network.layers.slice(0, -1).every(({ parameters }) => Object.keys(parameters).length === 0),
  )

  it('gives twice as much for twice the weight, beside what the weight has no part in', async () => {
    expect(cases.length).toBeGreaterThan(0)
    for (const entry of cases) {
      const [none, once, twice] = [await withWeight(entry, 0), await withWeight(entry, 1), await withWeight(entry, 2)]
      once.forEach((value, index) =>
        expect((twice[index] ?? 0) - (none[index] ?? 0)).toBeCloseTo(2 * (value - (none[index] ?? 0)), 3),
      )
    }
  })

  it('has its outputs on the axis of the weight that it names', () => {
    for (const { network, input } of cases) {
      const only = must(network.layers.at(-1), 'the layer')
      const { weight, outputsLast } = must(operator.linear, 'the trait')
      const shape = must(network.parameters[must(only.parameters['weight'], 'its weight')], 'its weight').shape
      const output = must(inferShapes(network, input.shape[0]).get(only.name), 'its shape')
      const outputs = weight === 'kernel' ? output[1] : output.at(-1)
      expect(outputsLast(resolveAttributes(only)) ? shape.at(-1) : shape[0]).toBe(outputs)
    }
  })
})

/** The value of a case whose weight is multiplied. */
function withWeight(entry: ConformanceCase, factor: number): Promise<Float32Array> {
  const key = must(entry.network.layers.at(-1)?.parameters['weight'], 'the weight')
  const { shape, data } = must(entry.tensors.get(key), 'the weight')
  const tensors: Tensors = new Map([...entry.tensors, [key, { shape, data: data.map((value) => factor * value) }]])
  return valueOf({ ...entry, tensors })
}

async function valueOf({ network, tensors, input }: ConformanceCase): Promise<Float32Array> {
  const forward = await createOnnxForward(network, { tensors })
  try {
    return must((await forward.run(input))[network.output], 'the value').data
  } finally {
    await forward.dispose()
  }
}
