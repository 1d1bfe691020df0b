import { findOperator, inferShapes, type Layer, type Network, resolveAttributes } from '@graft/network'
import { EngineError } from '../../engine.js'

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
  const others = trainedBeside(network, layer)
  if (others.length > 0)
    throw refusal(
      network,
      `${others.slice(0, 3).join(', ')}${others.length > 3 ? ' and others' : ''} would be trained too`,
    )
  if (network.parameters[weight]?.trainable !== true) throw refusal(network, `the weight of ${layer.name} is frozen`)
  const { name, dropout } = featuresOf(layers, layer)
  const shape = inferShapes(network).get(name) ?? []
  if (shape.length !== 2 || !layers.has(name))
    throw refusal(network, `${layer.name} does not follow a layer that gives one vector per image`)
  return { layer, weight, bias, featuresFirst: Number(transB) !== 1, features: name, columns: shape[1] ?? 0, dropout }
}

/** Names of what else would change in a training. */
function trainedBeside(network: Network, last: Layer): readonly string[] {
  return network.layers
    .filter((layer) => layer !== last)
    .filter(
      ({ statistics, parameters }) =>
        statistics === 'batch' || Object.values(parameters).some((key) => network.parameters[key]?.trainable),
    )
    .map(({ name }) => name)
}

/** The value that the layer gets, dropout left out. */
function featuresOf(
  layers: ReadonlyMap<string, Layer>,
  layer: Layer,
): { readonly name: string; readonly dropout: readonly string[] } {
  const dropout: string[] = []
  let name = layer.inputs[0] ?? ''
  for (let before = layers.get(name); before && findOperator(before.operator).stochastic; before = layers.get(name)) {
    dropout.push(before.name)
    name = before.inputs[0] ?? ''
  }
  return { name, dropout }
}

function refusal(network: Network, what: string): EngineError {
  return new EngineError(
    `The solver can't train ${network.name}: ${what}. Expected that only the last linear layer is trained, on features that stay as they are.`,
    'Freeze everything before the head (Freeze Range with its defaults) and leave Add Head without hidden units, or set the method of Train to gradient descent.',
  )
}
