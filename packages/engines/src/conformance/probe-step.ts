import { inferShapes, type Layer, type Network, type Tensors } from '@graft/network'
import type { Batch, Engine, Loss, StepResult, TrainerState } from '../engine.js'
import { type ConformanceCase, count } from './conformance-case.js'

/** The outputs times the targets, summed: whatever the network gives can be differentiated by it. */
const projection: Loss = {
  targetWidth: (outputs) => outputs,
  write: (graph, outputs, targets) => ({
    loss: graph.add('ReduceSum', [graph.add('Mul', [targets, outputs]), graph.integers([0, 1])], { keepdims: 0 }),
    gradient: graph.add('Identity', [targets]),
  }),
  compute: (tf, outputs, targets) => tf.sum(tf.mul(targets, outputs)).asScalar(),
  evaluate(outputs, targets, _, gradient) {
    gradient.set(targets)
    return outputs.reduce((sum, output, index) => sum + output * (targets[index] ?? 0), 0)
  },
}

/** Where the gradient by the input shows: a parameter that is added to every image. */
export const offset = 'offset.operand'

/** A case in training, looked at from outside only: through steps, weights and states. */
export interface Probe {
  /** Names of everything that has a gradient: `offset` and the case's own trainable parameters. */
  readonly names: readonly string[]
  readonly start: Tensors
  /** Outputs in training mode, `[n, rest]`, with some parameters moved. */
  outputs(moved?: Tensors): Promise<Batch>
  /** Gradients of the projected outputs by everything trainable, and the running statistics after the step. */
  step(): Promise<{ readonly gradients: ReadonlyMap<string, Float32Array>; readonly after: Tensors }>
  dispose(): Promise<void>
}

/** Opens a case for training on an engine; `targets` are what the outputs are multiplied with. */
export async function openProbe(
  engine: Engine,
  entry: ConformanceCase,
  targets: Float32Array,
  seed = 7,
): Promise<Probe> {
  const images = entry.input.shape[0] ?? 1
  const network = observed(entry.network)
  const start: Tensors = new Map([
    [offset, { shape: entry.network.input.shape, data: new Float32Array(count(entry.network.input.shape)) }],
    ...entry.tensors,
  ])
  const names = Object.keys(network.parameters).filter((name) => network.parameters[name]?.trainable)
  const trainer = await engine.trainer(network, {
    tensors: start,
    seed,
    loss: projection,
    optimizer: { name: 'sgd', momentum: 0, nesterov: false, weightDecay: 0 },
  })
  const initial: TrainerState = await trainer.state()
  const take = async (moved: Tensors, learningRate: number): Promise<StepResult> => {
    await trainer.restore({ ...initial, weights: new Map([...initial.weights, ...moved]) })
    return trainer.step(entry.input, { shape: [images, targets.length / images], data: targets }, learningRate, 0)
  }
  return {
    names,
    start,
    outputs: async (moved = new Map()) => (await take(moved, 0)).logits,
    step: async () => {
      await take(new Map(), 1)
      const after = await trainer.weights()
      const change = (name: string): Float32Array => {
        const now = after.get(name)?.data ?? new Float32Array()
        return Float32Array.from(start.get(name)?.data ?? [], (before, index) => before - (now[index] ?? Number.NaN))
      }
      return { gradients: new Map(names.map((name) => [name, change(name)])), after }
    },
    dispose: () => trainer.dispose(),
  }
}

/** How many numbers the network of a case gives for its batch. */
export const outputSize = ({ network, input }: ConformanceCase): number =>
  count(inferShapes(network, input.shape[0]).get(network.output) ?? [])

/** The network with `offset` added to its input, and its output as one row per image. */
function observed(network: Network): Network {
  const first: Layer = {
    name: 'offset',
    operator: 'Add',
    inputs: [network.input.name],
    parameters: { operand: offset },
    attributes: {},
  }
  const others = network.layers.map((layer) => ({
    ...layer,
    inputs: layer.inputs.map((name) => (name === network.input.name ? first.name : name)),
  }))
  const last: Layer = {
    name: 'row',
    operator: 'Flatten',
    inputs: [network.output],
    parameters: {},
    attributes: { axis: 1 },
  }
  const layers = [first, ...others, last]
  return {
    ...network,
    layers,
    output: last.name,
    stages: [{ name: 'head', layers: layers.map(({ name }) => name) }],
    parameters: {
      [offset]: {
        shape: network.input.shape,
        trainable: true,
        source: { kind: 'initializer', initializer: { name: 'zeros' }, seed: 0 },
      },
      ...network.parameters,
    },
  }
}

/** Step of the central differences: half the spacing of the spaced inputs, so that no kink is crossed. */
const distance = 4e-3

/** Derivative of the projected outputs when one parameter moves along a direction, by central differences. */
export async function finiteDifference(
  probe: Probe,
  targets: Float32Array,
  name: string,
  direction: Float32Array,
): Promise<number> {
  const at = async (signed: number): Promise<number> => {
    const { shape, data } = probe.start.get(name) ?? { shape: [], data: new Float32Array() }
    const moved = data.map((value, index) => value + signed * (direction[index] ?? 0))
    const outputs = await probe.outputs(new Map([[name, { shape, data: moved }]]))
    return outputs.data.reduce((sum, value, index) => sum + value * (targets[index] ?? 0), 0)
  }
  return ((await at(distance)) - (await at(-distance))) / (2 * distance)
}
