import { must } from '@graft/errors'
import type { Layer, Network, Parameter } from '@graft/network'
import { findOperator, keepsStatistics, resolveAttributes } from '@graft/network'
import { countReaders } from './count-readers.js'
import type { TrainingGraph } from './training-graph.js'

/**
 * A convolution and the frozen-statistics normalisation after it, joined into one convolution with computed weight and
 * bias.
 */
interface Pair {
  readonly convolution: Layer
  readonly normalisation: Layer
  readonly weight: string
  readonly bias: string
}

export interface Folding {
  readonly network: Network
  /** Parameters of the folded network whose gradients are needed. */
  readonly wanted: ReadonlySet<string>
  /** Names a parameter's value, writing the computed ones. */
  parameter(name: string): string
  /** Gradients by the original parameters from those by the folded network's. */
  unfold(gradients: ReadonlyMap<string, string>): ReadonlyMap<string, string>
}

/**
 * Joins every convolution with the frozen-statistics batch normalisation after it: `W' = W * factor`, `b' = shift + (b
 * - mean) * factor` with
 * `factor = scale / sqrt(variance + epsilon)`. A few operations on weights take the place of passes over feature maps,
 * in both directions. Left alone: normalisations that train on a frozen convolution, whose own gradients are cheaper
 * than the convolution's.
 */
export function foldNormalisations(
  graph: TrainingGraph,
  network: Network,
  wanted: ReadonlySet<string>,
  parameter: (name: string) => string,
): Folding {
  const pairs = findPairs(network, wanted)
  const byWeight = new Map(pairs.map((pair) => [pair.weight, pair]))
  const byBias = new Map(pairs.map((pair) => [pair.bias, pair]))
  const named = (layer: Layer, slot: string): string | null =>
    layer.parameters[slot] === undefined ? null : parameter(layer.parameters[slot])
  const write = (pair: Pair): Folded =>
    graph.within(`${pair.convolution.name}/folded`, () => writeFolded(graph, pair, network, named))
  return {
    network: withoutNormalisations(network, pairs),
    wanted: new Set([...wanted, ...pairs.flatMap((pair) => foldedWanted(pair, wanted))]),
    parameter: (name) => {
      const pair = byWeight.get(name) ?? byBias.get(name)
      return pair ? write(pair)[byWeight.has(name) ? 'weight' : 'bias'] : parameter(name)
    },
    unfold: (gradients) =>
      unfold(graph, pairs, gradients, wanted, (pair) => ({
        ...write(pair),
        originalWeight: must(named(pair.convolution, 'weight'), weightText(pair.convolution)),
      })),
  }
}

/** The convolutions and normalisations that become one, given the parameters whose gradients are wanted. */
export function findPairs(network: Network, wanted: ReadonlySet<string>): readonly Pair[] {
  const byName = new Map(network.layers.map((layer) => [layer.name, layer]))
  const readers = countReaders(network)
  return network.layers.flatMap((normalisation) => {
    const convolution = byName.get(normalisation.inputs[0] ?? '')
    if (
      !keepsStatistics(findOperator(normalisation.operator)) ||
      normalisation.statistics === 'batch' ||
      convolution === undefined ||
      findOperator(convolution.operator).linear?.weight !== 'kernel' ||
      readers.get(convolution.name) !== 1
    )
      return []
    const trainsConvolution = wanted.has(convolution.parameters['weight'] ?? '')
    const trainsNormalisation = ['scale', 'shift'].some((slot) => wanted.has(normalisation.parameters[slot] ?? ''))
    if (trainsNormalisation && !trainsConvolution) return []
    return [
      {
        convolution,
        normalisation,
        weight: `${convolution.name}/folded weight`,
        bias: `${convolution.name}/folded bias`,
      },
    ]
  })
}

function foldedWanted({ convolution, normalisation, weight, bias }: Pair, wanted: ReadonlySet<string>): string[] {
  const wants = (layer: Layer, slot: string): boolean => wanted.has(layer.parameters[slot] ?? '')
  const scale = wants(normalisation, 'scale')
  return [
    ...(wants(convolution, 'weight') || scale ? [weight] : []),
    ...(wants(convolution, 'bias') || wants(normalisation, 'shift') || scale ? [bias] : []),
  ]
}

const weightText = ({ name }: Layer): string => `the weight of layer "${name}"`

function weightShape({ parameters }: Network, layer: Layer): readonly number[] {
  const key = must(layer.parameters['weight'], weightText(layer))
  return must(parameters[key], weightText(layer)).shape
}

function withoutNormalisations(network: Network, pairs: readonly Pair[]): Network {
  const byNormalisation = new Map(pairs.map((pair) => [pair.normalisation.name, pair]))
  const joined = new Set(pairs.map(({ convolution }) => convolution.name))
  const parameterOf = (shape: readonly number[]): Parameter => ({
    shape,
    trainable: true,
    source: { kind: 'initializer', initializer: { name: 'zeros' }, seed: 0 },
  })
  return {
    ...network,
    layers: network.layers.flatMap((layer) => {
      const pair = byNormalisation.get(layer.name)
      if (pair) return [{ ...pair.convolution, name: layer.name, parameters: { weight: pair.weight, bias: pair.bias } }]
      return joined.has(layer.name) ? [] : [layer]
    }),
    parameters: {
      ...network.parameters,
      ...Object.fromEntries(
        pairs.flatMap(({ convolution, weight, bias }) => [
          [weight, parameterOf(weightShape(network, convolution))],
          [bias, parameterOf(weightShape(network, convolution).slice(0, 1))],
        ]),
      ),
    },
  }
}

interface Folded {
  readonly weight: string
  readonly bias: string
  /** One over the deviation, and the factor on the weights: `[outputs]`. */
  readonly root: string
  readonly factor: string
  /** What the factor multiplies in the bias: the convolution's bias minus the mean. */
  readonly centre: string
  readonly outputs: number
}

function writeFolded(
  graph: TrainingGraph,
  { convolution, normalisation }: Pair,
  network: Network,
  named: (layer: Layer, slot: string) => string | null,
): Folded {
  const binary = (operator: string, a: string, b: string): string => graph.add(operator, [a, b])
  const parameter = (slot: string): string =>
    must(named(normalisation, slot), `the ${slot} of layer "${normalisation.name}"`)
  const epsilon = resolveAttributes(normalisation)['epsilon']
  const [outputs = 1] = weightShape(network, convolution)
  const root = graph.add('Reciprocal', [
    graph.add('Sqrt', [binary('Add', parameter('variance'), graph.floats([], [Number(epsilon)]))]),
  ])
  const factor = binary('Mul', parameter('scale'), root)
  const bias = named(convolution, 'bias')
  const centre = bias === null ? graph.add('Neg', [parameter('mean')]) : binary('Sub', bias, parameter('mean'))
  const weight = binary(
    'Mul',
    must(named(convolution, 'weight'), weightText(convolution)),
    alongOutputs(graph, factor, outputs),
  )
  return {
    weight,
    root,
    factor,
    centre,
    outputs,
    bias: binary('Add', parameter('shift'), binary('Mul', centre, factor)),
  }
}

const alongOutputs = (graph: TrainingGraph, value: string, outputs: number): string =>
  graph.add('Reshape', [value, graph.integers([outputs, 1, 1, 1])])

function unfold(
  graph: TrainingGraph,
  pairs: readonly Pair[],
  gradients: ReadonlyMap<string, string>,
  wanted: ReadonlySet<string>,
  folded: (pair: Pair) => Folded & { readonly originalWeight: string },
): ReadonlyMap<string, string> {
  const result = new Map([...gradients].filter(([name]) => wanted.has(name)))
  for (const pair of pairs) {
    const { convolution, normalisation } = pair
    const weight = gradients.get(pair.weight)
    const bias = gradients.get(pair.bias)
    const put = (layer: Layer, slot: string, write: () => string): void => {
      const name = layer.parameters[slot]
      if (name !== undefined && wanted.has(name))
        result.set(name, sumOf(graph, result.get(name), graph.within(`${convolution.name}/unfolded`, write)))
    }
    if (weight === undefined && bias === undefined) continue
    const { root, factor, centre, outputs, originalWeight } = folded(pair)
    if (weight !== undefined)
      put(convolution, 'weight', () => graph.add('Mul', [weight, alongOutputs(graph, factor, outputs)]))
    if (bias !== undefined) put(normalisation, 'shift', () => bias)
    if (bias !== undefined) put(convolution, 'bias', () => graph.add('Mul', [bias, factor]))
    if (weight === undefined || bias === undefined) continue
    put(normalisation, 'scale', () => {
      const throughWeight = graph.add(
        'ReduceSum',
        [graph.add('Mul', [weight, originalWeight]), graph.integers([1, 2, 3])],
        { keepdims: 0 },
      )
      return graph.add('Mul', [graph.add('Add', [throughWeight, graph.add('Mul', [bias, centre])]), root])
    })
  }
  return result
}

/** A parameter that several layers share collects all its gradients. */
const sumOf = (graph: TrainingGraph, before: string | undefined, value: string): string =>
  before === undefined ? value : graph.add('Add', [before, value])
