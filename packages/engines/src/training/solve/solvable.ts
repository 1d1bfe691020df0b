import { findOperator, inferShapes, type Layer, type Network, resolveAttributes } from '@graft/network'
import { EngineError } from '../../engine.js'
import type { FeatureGroup } from '../../solver/index.js'

/** Columns of features that come from a stage, and its name. */
export interface StageFeatures extends FeatureGroup {
  readonly stage: string
}

/** The part of a network that the solver finds the optimum of: its last layer, on features that nothing changes. */
export interface Solvable {
  readonly layer: Layer
  /** Names of its parameters. */
  readonly weight: string
  readonly bias: string
  /** Does the weight lie as `[features, classes]`? */
  readonly featuresFirst: boolean
  /** Layer whose value the features are, and their number. */
  readonly features: string
  readonly columns: number
  /** Columns that come from the same stage, in order. */
  readonly groups: readonly StageFeatures[]
  /** A layer between features and layer that standardises them, which the solver measures too. */
  readonly standardise: Layer | null
  /** Dropout between features and layer, which the penalty stands in for. */
  readonly dropout: readonly string[]
}

/**
 * Finds the linear layer at the network's end. Throws EngineError, with what to freeze or which method to take, when
 * anything else is to be trained.
 */
export function solvable(network: Network): Solvable {
  const layers = new Map(network.layers.map((layer) => [layer.name, layer]))
  const layer = layers.get(network.output)
  if (layer?.operator !== 'Gemm' || !layer.parameters['weight'] || !layer.parameters['bias'])
    throw refusal(network, `its last layer, ${network.output}, is no linear layer with weights and biases`)
  const { weight, bias } = layer.parameters as { readonly weight: string; readonly bias: string }
  const { transA, transB, alpha, beta } = resolveAttributes(layer)
  if (Number(transA) === 1 || Number(alpha) !== 1 || Number(beta) !== 1)
    throw refusal(network, `its last layer, ${layer.name}, scales or turns what it multiplies`)
  const { name, dropout, standardise } = featuresOf(network, layers, layer)
  const others = trainedBeside(network, [layer, standardise])
  if (others.length > 0)
    throw refusal(
      network,
      `${others.slice(0, 3).join(', ')}${others.length > 3 ? ' and others' : ''} would be trained too`,
    )
  if (network.parameters[weight]?.trainable !== true) throw refusal(network, `the weight of ${layer.name} is frozen`)
  const shapes = inferShapes(network)
  const shape = shapes.get(name) ?? []
  if (shape.length !== 2 || !layers.has(name))
    throw refusal(network, `${layer.name} does not follow a layer that gives one vector per image`)
  return {
    layer,
    weight,
    bias,
    featuresFirst: Number(transB) !== 1,
    features: name,
    columns: shape[1] ?? 0,
    groups: groupsOf(network, layers.get(name), shapes, shape[1] ?? 0),
    standardise,
    dropout,
  }
}

/** Names of what else would change in a training. */
function trainedBeside(network: Network, solved: readonly (Layer | null)[]): readonly string[] {
  return network.layers
    .filter((layer) => !solved.includes(layer))
    .filter(
      ({ statistics, parameters }) =>
        statistics === 'batch' || Object.values(parameters).some((key) => network.parameters[key]?.trainable),
    )
    .map(({ name }) => name)
}

/** The value that the layer gets, dropout and standardisation left out. */
function featuresOf(
  network: Network,
  layers: ReadonlyMap<string, Layer>,
  layer: Layer,
): Pick<Solvable, 'dropout' | 'standardise'> & { readonly name: string } {
  const dropout: string[] = []
  let standardise: Layer | null = null
  let name = layer.inputs[0] ?? ''
  for (let before = layers.get(name); before; before = layers.get(name)) {
    if (findOperator(before.operator).stochastic) dropout.push(before.name)
    else if (standardise === null && standardises(network, before)) standardise = before
    else break
    name = before.inputs[0] ?? ''
  }
  return { name, dropout, standardise }
}

/** Does it follow the training images, and nothing else? */
function standardises({ parameters }: Network, layer: Layer): boolean {
  return (
    layer.operator === 'BatchNormalization' &&
    layer.statistics === 'batch' &&
    Object.values(layer.parameters).every((key) => parameters[key]?.trainable === false)
  )
}

/** The parts that features are joined from; one, where they are not. */
function groupsOf(
  network: Network,
  features: Layer | undefined,
  shapes: ReadonlyMap<string, readonly number[]>,
  columns: number,
): readonly StageFeatures[] {
  if (features?.operator !== 'Concat') return [{ from: 0, to: columns, stage: 'features' }]
  const own = network.stages.find(({ layers }) => layers.includes(features.name))?.layers ?? []
  let to = 0
  return features.inputs.map((input) => {
    const from = to
    to += shapes.get(input)?.[1] ?? 0
    return { from, to, stage: stageRead(network, own, input) }
  })
}

/** Name of the stage whose value arrives at a layer, through layers of the head. */
function stageRead(network: Network, head: readonly string[], name: string): string {
  let at = name
  while (head.includes(at)) at = network.layers.find((layer) => layer.name === at)?.inputs[0] ?? ''
  return network.stages.find(({ layers }) => layers.includes(at))?.name ?? name
}

function refusal(network: Network, what: string): EngineError {
  return new EngineError(
    `The solver can't train ${network.name}: ${what}. Expected that only the last linear layer is trained, on features that stay as they are.`,
    'Freeze everything before the head (Freeze Range with its defaults) and leave Add Head without hidden units, or set the method of Train to gradient descent.',
  )
}
