import { createRandom, findOperator, inferShapes, type Network, normal, validateNetwork } from '@graft/network'
import { type Batch, type Engine, EngineError } from '../engine.js'
import type { ConformanceCase } from './conformance-case.js'
import { randomDirection } from './differentiate.js'
import { finiteDifference, openProbe, outputSize, type Probe } from './probe-step.js'

const directionSeed = 20260710

/** Throws where an engine gives other values than the reference in evaluation. */
export async function holdValues(engine: Engine, reference: Engine, entry: ConformanceCase): Promise<void> {
  validateNetwork(entry.network)
  const expected = await valueOf(reference, entry.network, entry)
  const shape = inferShapes(entry.network, entry.input.shape[0]).get(entry.network.output)
  hold(String(expected.shape) === String(shape), `the reference gives ${expected.shape}, which should be ${shape}`)
  hold(
    expected.data.every((value) => Number.isFinite(value)),
    'the reference gives a number that is none',
  )
  holdClose(await valueOf(engine, entry.network, entry), expected, 'evaluation')
  holdClose(await valueOf(engine, behindReshape(entry.network), entry), expected, 'behind a reshape')
}

/** Throws where gradients, or values in training, are not those of the reference and of finite differences. */
export async function holdGradients(engine: Engine, reference: Engine, entry: ConformanceCase): Promise<void> {
  const targets = projectionOf(entry)
  const probe = await openProbe(engine, entry, targets)
  const taken = await unlessRefused(entry, stepOf(probe))
  if (taken === null) return
  const expected = engine === reference || isStochastic(entry) ? null : await referenceStep(reference, entry)
  if (expected) holdSame(taken.outputs, expected.outputs, 'value in training')
  const random = createRandom(directionSeed)
  for (const [parameter, gradient] of taken.gradients) {
    if (expected) holdSame(gradient, expected.gradients.get(parameter), `gradient by ${parameter}`)
    if (entry.kinks !== undefined) continue
    const direction = randomDirection(gradient.length, random)
    const claimed = gradient.reduce((sum, value, index) => sum + value * (direction[index] ?? 0), 0)
    const measured = await finiteDifference(probe, targets, parameter, direction)
    hold(
      Math.abs(claimed - measured) < 2e-3 + 3e-3 * Math.hypot(...gradient),
      `derivative by ${parameter} is ${claimed}, finite differences say ${measured} (seed ${directionSeed})`,
    )
  }
  await probe.dispose()
}

interface TakenStep {
  readonly gradients: ReadonlyMap<string, Float32Array>
  readonly outputs: Float32Array
}

const projectionOf = (entry: ConformanceCase): Float32Array => {
  const random = createRandom(directionSeed)
  return Float32Array.from({ length: outputSize(entry) }, () => normal(random))
}

const stepOf = async (probe: Probe): Promise<TakenStep> => {
  const { gradients } = await probe.step()
  return { gradients, outputs: (await probe.outputs()).data }
}

/** Null where the engine says that it can't and may. */
const unlessRefused = (entry: ConformanceCase, step: Promise<TakenStep>): Promise<TakenStep | null> =>
  step.catch((error: unknown) => {
    if (entry.mayRefuse !== undefined && error instanceof EngineError) return null
    throw error
  })

const known = new WeakMap<ConformanceCase, Promise<TakenStep | null>>()

/** What the reference gives, worked out once for all engines that are held against it. */
function referenceStep(reference: Engine, entry: ConformanceCase): Promise<TakenStep | null> {
  const before = known.get(entry)
  if (before) return before
  const step = openProbe(reference, entry, projectionOf(entry)).then(async (probe) => {
    const taken = await unlessRefused(entry, stepOf(probe))
    await probe.dispose()
    return taken
  })
  known.set(entry, step)
  return step
}

async function valueOf(engine: Engine, network: Network, { tensors, input }: ConformanceCase): Promise<Batch> {
  const forward = await engine.forward(network, { tensors })
  try {
    return (await forward.run(input))[network.output] as Batch
  } finally {
    await forward.dispose()
  }
}

/** Random masks differ between engines; where they pass everything they can be compared. */
const isStochastic = ({ network }: ConformanceCase): boolean =>
  network.layers.some((layer) => findOperator(layer.operator).stochastic === true && layer.attributes['ratio'] !== 0)

/** An engine that holds its input channels-last meets a plain map behind a reshape to the same shape. */
function behindReshape(network: Network): Network {
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
  const layers = [first, ...others]
  return { ...network, layers, stages: [{ name: 'head', layers: layers.map(({ name }) => name) }] }
}

function hold(isRight: boolean, otherwise: string): void {
  if (!isRight) throw new Error(otherwise)
}

function holdClose(actual: Batch, expected: Batch, where: string): void {
  hold(String(actual.shape) === String(expected.shape), `${where} gives ${actual.shape}, not ${expected.shape}`)
  const worst = expected.data.reduce(
    (error, value, index) =>
      Math.max(error, Math.abs((actual.data[index] ?? Number.NaN) - value) / (1 + Math.abs(value))),
    0,
  )
  hold(worst < 1e-4, `largest difference to the reference, ${where}: ${worst}`)
}

function holdSame(actual: Float32Array, expected: Float32Array | undefined, what: string): void {
  hold(actual.length === expected?.length, `${what} has ${actual.length} values, not ${expected?.length}`)
  const scale = (expected ?? actual).reduce((largest, value) => Math.max(largest, Math.abs(value)), 1)
  const worst = actual.reduce(
    (error, value, index) => Math.max(error, Math.abs((expected?.[index] ?? Number.NaN) - value)),
    0,
  )
  hold(worst / scale < 2e-4, `largest difference to the reference, ${what}: ${worst / scale}`)
}
