import { must } from '@graft/errors'
import type { Network, Shape, Tensors } from '@graft/network'
import type { TrainerSpec } from '../../engine.js'
import { EngineError } from '../../engine.js'
import type { TrainedParameters } from '../../engine-support/trained-parameters.js'
import { differentiate } from './differentiate.js'
import type { ConfiguredOptimizer } from '../../optimizers/index.js'
import { withRank } from '../../optimizers/graph-update.js'
import { TrainingGraph } from './training-graph.js'

export interface StepPlan {
  readonly network: Network
  readonly spec: TrainerSpec
  readonly sorted: TrainedParameters
  readonly optimizer: ConfiguredOptimizer
  /** Values of the parameters that never change here; they become constants of the graph. */
  readonly frozen: Tensors
  readonly batch: number
  /**
   * A whole step; a part of a batch, whose gradients are added to those of the parts before; or the last part, which
   * ends the step.
   */
  readonly part: StepPart
  /** Channels per block of onnxruntime's blocked layout; 1: do without. */
  readonly blockSize: number
}

export type StepPart = 'whole' | 'part' | 'last'

/** Names of the graph's inputs and outputs besides parameters, slots and scalars. */
export const stepNames = {
  targets: 'targets',
  learningRate: 'learningRate',
  loss: 'loss',
  logits: 'logits',
  norm: 'gradientNorm',
} as const
export const scalarName = (name: string): string => `scalar/${name}`
export const nextName = (name: string): string => `next/${name}`
/** The gradient of a batch's parts so far. */
export const sumName = (parameter: string): string => `sum/${parameter}`

/**
 * Writes one training step for a fixed batch size, or a part of one, as a graph: forward pass, loss, gradients,
 * clipping, optimizer. Trainable parameters, running statistics and optimizer slots are inputs and, renewed
 * (`nextName`), outputs. Throws EngineError when an operator has no gradient rule.
 */
export function writeStep(plan: StepPlan): { readonly graph: TrainingGraph; readonly classes: number } {
  const graph = new TrainingGraph(plan.blockSize)
  const { network, sorted, batch } = plan
  graph.input(network.input.name, [batch, ...network.input.shape])
  const pass = differentiate({
    graph,
    network,
    batch,
    parameter: (name) => declareParameter(graph, plan, name),
    wanted: new Set(sorted.trainable),
  })
  const outputs = outputsOf(pass.shape)
  const targets = graph.input(stepNames.targets, [batch, plan.spec.loss.targetWidth(outputs)])
  const { loss, gradient } = graph.within('loss', () => plan.spec.loss.write(graph, pass.output, targets, outputs))
  const { parameters } = pass.backward(gradient)
  const gradients = new Map(sorted.trainable.map((name) => [name, gathered(graph, plan, name, parameters.get(name))]))
  if (plan.part === 'part')
    for (const [name, value] of gradients) graph.output(nextName(sumName(name)), value, shapeOf(network, name))
  else endStep(graph, plan, gradients)
  for (const [name, value] of pass.updates) graph.output(nextName(name), value, shapeOf(network, name))
  graph.output(stepNames.loss, loss, [])
  graph.output(stepNames.logits, pass.output, pass.shape)
  return { graph, classes: outputs }
}

function outputsOf(shape: Shape): number {
  const [, outputs] = shape
  if (shape.length === 2 && outputs !== undefined) return outputs
  throw new EngineError(
    `The network's output has shape [${shape.join(', ')}], but the loss needs [${shape[0] ?? 1}, classes].`,
    'Add a head that ends in one number per class.',
  )
}

const shapeOf = ({ parameters }: Network, name: string): Shape =>
  must(parameters[name], `the parameter "${name}"`).shape

/** A gradient, with the sum of the parts before where there are any. */
function gathered(
  graph: TrainingGraph,
  { network, part }: StepPlan,
  name: string,
  gradient: string | undefined,
): string {
  const shape = shapeOf(network, name)
  const value = gradient ?? zeros(graph, shape)
  return part === 'whole' ? value : graph.add('Add', [graph.input(sumName(name), shape), value])
}

function endStep(graph: TrainingGraph, plan: StepPlan, gradients: ReadonlyMap<string, string>): void {
  const norm = graph.within('norm', () => writeNorm(graph, plan.network, gradients))
  graph.within('optimizer', () => writeUpdates(graph, plan, gradients, norm))
  graph.output(stepNames.norm, norm, [])
}

function declareParameter(graph: TrainingGraph, { network, frozen }: StepPlan, name: string): string {
  const values = frozen.get(name)
  const shape = shapeOf(network, name)
  return values ? graph.constant(name, shape, values.data) : graph.input(name, shape)
}

/** A parameter that the result doesn't depend on. */
const zeros = (graph: TrainingGraph, shape: readonly number[]): string =>
  graph.add('Expand', [graph.floats([], [0]), graph.integers(shape)])

/** Square root of the summed squares of all gradients. */
function writeNorm(graph: TrainingGraph, network: Network, gradients: ReadonlyMap<string, string>): string {
  const squares = [...gradients].map(([name, gradient]) => {
    const axes = shapeOf(network, name).map((_, axis) => axis)
    const sum =
      axes.length === 0
        ? graph.add('Mul', [gradient, gradient])
        : graph.add('ReduceSumSquare', [gradient], { axes, keepdims: 0 })
    return graph.add('Unsqueeze', [sum, graph.integers([0])])
  })
  const joined = squares.length === 1 ? must(squares[0], 'the only square') : graph.add('Concat', squares, { axis: 0 })
  return graph.add('Sqrt', [graph.add('ReduceSum', [joined, graph.integers([0])], { keepdims: 0 })])
}

/**
 * Scales so that the global norm is at most the limit, as `torch.nn.utils.clip_grad_norm_` does, and steps every
 * parameter.
 */
function writeUpdates(
  graph: TrainingGraph,
  plan: StepPlan,
  gradients: ReadonlyMap<string, string>,
  norm: string,
): void {
  const { spec, sorted, optimizer, network } = plan
  const number = (value: number): string => graph.floats([], [value])
  const scale =
    spec.clipNorm === undefined
      ? null
      : graph.add('Min', [graph.add('Div', [number(spec.clipNorm), graph.add('Add', [norm, number(1e-6)])]), number(1)])
  const rate = graph.input(stepNames.learningRate, [])
  const scalars = Object.fromEntries(
    Object.keys(optimizer.scalars(1)).map((name) => [name, graph.input(scalarName(name), [])]),
  )
  for (const [name, gradient] of gradients) {
    const shape = shapeOf(network, name)
    const rank = shape.length
    const factor = spec.learningRateScale?.[name] ?? 1
    const result = optimizer.write({
      graph,
      rank,
      parameter: name,
      gradient: scale === null ? gradient : graph.add('Mul', [gradient, withRank(graph, scale, rank)]),
      slots: Object.fromEntries(optimizer.slots.map((slot) => [slot, graph.input(`${slot}/${name}`, shape)])),
      learningRate: withRank(graph, factor === 1 ? rate : graph.add('Mul', [rate, number(factor)]), rank),
      scalars: Object.fromEntries(Object.entries(scalars).map(([key, value]) => [key, withRank(graph, value, rank)])),
      weightDecay: sorted.decaying.has(name) ? spec.optimizer.weightDecay : 0,
    })
    graph.output(nextName(name), result.parameter, shape)
    for (const [slot, value] of Object.entries(result.slots)) graph.output(nextName(`${slot}/${name}`), value, shape)
  }
}
