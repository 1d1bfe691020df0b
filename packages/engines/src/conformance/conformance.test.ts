import { createRandom, findOperator, inferShapes, operators, validateNetwork } from '@graft/network'
import type { Network } from '@graft/network'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Batch } from '../engine.js'
import { createOnnxForward } from '../onnx/forward.js'
import { startTensorFlow } from '../tfjs/backends.js'
import type { StartedTensorFlow } from '../tfjs/backends.js'
import { createTfjsForward } from '../tfjs/forward.js'
import type { ConformanceCase } from './conformance-case.js'
import { conformanceCases } from './conformance-cases.js'
import { finiteDifference, pointOf, ProjectedLoss, randomDirection } from './differentiate.js'

const backends = ['cpu', 'wasm'] as const
const directionsPerTensor = 2
const directionSeed = 20260710
const started = new Map<string, StartedTensorFlow>()

beforeAll(async () => {
  for (const backend of backends) started.set(backend, await startTensorFlow(backend))
})

describe.each(operators.map(({ name }) => name))('%s', (name) => {
  const cases = conformanceCases.filter(({ operator }) => operator === name)

  it('has at least two cases', () => {
    expect(cases.length).toBeGreaterThanOrEqual(2)
  })

  it.each(cases.map((entry) => [entry.title, entry] as const))(
    'gives the same values in every engine: %s',
    async (_, entry) => {
      validateNetwork(entry.network)
      const expected = await onnxValue(entry)
      expect(expected.shape).toEqual(inferShapes(entry.network, entry.input.shape[0]).get(entry.network.output))
      expect(expected.data.every((value) => Number.isFinite(value))).toBe(true)
      for (const backend of backends) {
        expectClose(await tfjsValue(backend, entry.network, entry), expected, backend)
        if (sameInTraining(entry)) expectClose(trainingValue(backend, entry), expected, `${backend}, training`)
        expectClose(
          await tfjsValue(backend, behindPlainReshape(entry.network), entry),
          expected,
          `${backend}, starting from a plain layout`,
        )
      }
    },
  )

  const differentiable = cases.filter((entry) => entry.withoutGradient === undefined && entry.kinks === undefined)
  it.each(differentiable.map((entry) => [entry.title, entry] as const))(
    'has the gradients that finite differences show: %s',
    (_, entry) => {
      for (const backend of backends) expectGradients(backend, entry)
    },
  )
})

async function onnxValue({ network, tensors, input }: ConformanceCase): Promise<Batch> {
  const forward = await createOnnxForward(network, { tensors })
  try {
    return (await forward.run(input))[network.output] as Batch
  } finally {
    await forward.dispose()
  }
}

async function tfjsValue(backend: string, network: Network, { tensors, input }: ConformanceCase): Promise<Batch> {
  const forward = createTfjsForward(started.get(backend) as StartedTensorFlow, network, { tensors })
  const value = (await forward.run(input))[network.output] as Batch
  await forward.dispose()
  return value
}

function trainingValue(backend: string, entry: ConformanceCase): Batch {
  const engine = started.get(backend) as StartedTensorFlow
  engine.activate()
  return new ProjectedLoss(engine.tf, entry).output(pointOf(entry))
}

const sameInTraining = ({ network }: ConformanceCase): boolean =>
  network.layers.every((layer) => layer.statistics !== 'batch' && findOperator(layer.operator).stochastic !== true)

/**
 * The interpreter holds its input channels-last; a reshape to the same shape makes the operator meet a plain map
 * instead.
 */
function behindPlainReshape(network: Network): Network {
  const first = {
    name: 'plain',
    operator: 'Reshape',
    inputs: ['input'],
    parameters: {},
    attributes: { shape: [0, ...network.input.shape] },
  }
  const others = network.layers.map((layer) => ({
    ...layer,
    inputs: layer.inputs.map((name) => (name === 'input' ? 'plain' : name)),
  }))
  return { ...network, layers: [first, ...others] }
}

function expectClose(actual: Batch, expected: Batch, where: string): void {
  expect(actual.shape, where).toEqual(expected.shape)
  const worst = expected.data.reduce(
    (error, value, index) =>
      Math.max(error, Math.abs((actual.data[index] ?? Number.NaN) - value) / (1 + Math.abs(value))),
    0,
  )
  expect(worst, `largest difference to onnx, ${where}`).toBeLessThan(1e-4)
}

function expectGradients(backend: string, entry: ConformanceCase): void {
  const engine = started.get(backend) as StartedTensorFlow
  engine.activate()
  const loss = new ProjectedLoss(engine.tf, entry)
  const point = pointOf(entry)
  loss.value(point)
  const random = createRandom(directionSeed)
  for (const [name, gradient] of loss.gradients(point)) {
    const length = Math.hypot(...gradient)
    for (let trial = 0; trial < directionsPerTensor; trial++) {
      const direction = randomDirection(gradient.length, random)
      const claimed = gradient.reduce((sum, value, index) => sum + value * (direction[index] ?? 0), 0)
      const measured = finiteDifference(loss, point, name, direction)
      expect(
        Math.abs(claimed - measured),
        `${backend}: derivative by '${name}' is ${claimed}, finite differences say ${measured} (seed ${directionSeed})`,
      ).toBeLessThan(2e-3 + 3e-3 * length)
    }
  }
}
