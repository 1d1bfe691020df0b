import { inferShapes } from '../infer-shapes.js'
import type { AttributeValue, Initializer, Layer, Network, Parameter } from '../network.js'
import { ancestorsOf, findStage, finishEdit, headStage, restrictTo } from './edit.js'

export interface NeighboursOptions {
  /** The classifier that makes way; what takes its place gives its value, under its name. */
  readonly layer: string
  /** The layer whose vectors are compared. */
  readonly features: string
  /** Vectors that the network is to carry. */
  readonly neighbours: number
  readonly classes: number
  /** May an image be of several classes, or of none? */
  readonly several: boolean
}

/** Least share of the neighbours that a class has, so that its logarithm is a number. */
export const leastShare = 1e-6

/** Names of the parameters of a head of neighbours, whose values its maker knows. */
export const neighboursParameters = (layer: string) =>
  ({
    scale: `${layer}.standardise.scale`,
    shift: `${layer}.standardise.shift`,
    mean: `${layer}.standardise.mean`,
    variance: `${layer}.standardise.variance`,
    keys: `${layer}.keys.weight`,
    keysBias: `${layer}.keys.bias`,
    shares: `${layer}.shares.weight`,
    sharesBias: `${layer}.shares.bias`,
    all: `${layer}.all`,
  }) as const

/**
 * Puts nearest neighbours in a classifier's place, as ordinary layers: the features are standardised and brought to
 * length 1, a linear layer gives their cosine with every stored vector (times how steeply nearness counts), softmax turns
 * cosines into shares, and a second linear layer adds up the shares of each class. The logits are their logarithms; where
 * an image may have several classes, those of the odds.
 */
export function neighboursHead(network: Network, options: NeighboursOptions): Network {
  const { layer, features, neighbours, several } = options
  const width = inferShapes(network).get(features)?.[1] ?? 0
  const kept = restrictTo(network, ancestorsOf(network, features))
  const names = neighboursParameters(layer)
  const layers: Layer[] = []
  const add = (
    name: string,
    operator: string,
    inputs: readonly string[],
    attributes: Record<string, AttributeValue> = {},
    parameters: Record<string, string> = {},
  ): string => {
    const full = name === '' ? layer : `${layer}.${name}`
    layers.push({ name: full, operator, inputs, parameters, attributes })
    return full
  }
  const { scale, shift, mean, variance } = names
  const standard = add('standardise', 'BatchNormalization', [features], {}, { scale, shift, mean, variance })
  const square = add('square', 'Mul', [standard, standard])
  const sum = add('sum', 'ReduceSum', [square], { axes: [1], keepdims: 1 })
  const length = add('length', 'Sqrt', [add('positive', 'Clip', [sum], { min: 1e-12 })])
  const unit = add('unit', 'Div', [standard, length])
  const keys = add('keys', 'Gemm', [unit], { transB: 1 }, { weight: names.keys, bias: names.keysBias })
  const near = add('near', 'Softmax', [keys], { axis: -1 })
  const shares = add('shares', 'Gemm', [near], { transB: 1 }, { weight: names.shares, bias: names.sharesBias })
  const there = add('some', 'Clip', [shares], { min: leastShare, max: several ? 1 - leastShare : 1 })
  if (several) {
    const absent = add('absent', 'Sub', [there], { reversed: 1 }, { constant: names.all })
    add('', 'Log', [add('odds', 'Div', [there, absent])])
  } else add('', 'Log', [there])
  const head = [...(findStage(kept, headStage)?.layers ?? []), ...layers.map(({ name }) => name)]
  return finishEdit(
    {
      ...network,
      layers: [...kept.layers, ...layers],
      parameters: { ...kept.parameters, ...parametersOf(names, width, options) },
      stages: [...kept.stages.filter(({ name }) => name !== headStage), { name: headStage, layers: head }],
      output: layer,
    },
    `head of ${neighbours} nearest neighbours`,
  )
}

function parametersOf(
  names: ReturnType<typeof neighboursParameters>,
  width: number,
  { neighbours, classes, several }: NeighboursOptions,
): Record<string, Parameter> {
  const parameter = (shape: readonly number[], initializer: Initializer['name'] & ('zeros' | 'ones')): Parameter => ({
    shape,
    trainable: false,
    source: { kind: 'initializer', initializer: { name: initializer }, seed: 0 },
  })
  return {
    [names.scale]: parameter([width], 'ones'),
    [names.shift]: parameter([width], 'zeros'),
    [names.mean]: parameter([width], 'zeros'),
    [names.variance]: parameter([width], 'ones'),
    [names.keys]: { ...parameter([neighbours, width], 'zeros'), trainable: true },
    [names.keysBias]: parameter([neighbours], 'zeros'),
    [names.shares]: parameter([classes, neighbours], 'zeros'),
    [names.sharesBias]: parameter([classes], 'zeros'),
    ...(several && { [names.all]: parameter([1], 'ones') }),
  }
}
