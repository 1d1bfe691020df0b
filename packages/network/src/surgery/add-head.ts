import { classifierHead } from '../head.js'
import { inferShapes } from '../infer-shapes.js'
import { NetworkError } from '../network-error.js'
import type { AttributeValue, Initializer, Layer, Network, Parameter } from '../network.js'
import { deriveSeed } from '../values/random.js'
import { channelAxis } from './channel-axis.js'
import { findStage, finishEdit, headStage, listed } from './edit.js'

export interface HeadOptions {
  /** Class names in logit order. */
  readonly classNames: readonly string[]
  /** Id of the task that it is to learn; default: one class per image. */
  readonly task?: string
  /**
   * How a feature map (or a transformer's sequence of tokens) becomes a vector; `none` flattens it. A feature that is a
   * vector already is taken as it is.
   */
  readonly pooling: 'average' | 'max' | 'averageAndMax' | 'none'
  /**
   * Units of hidden fully connected layers, each followed by the activation and dropout; empty for a linear classifier.
   */
  readonly hidden: readonly number[]
  /** Share of values dropped before every fully connected layer but the first hidden one; 0 for none. */
  readonly dropout: number
  readonly activation?: 'relu' | 'hardswish'
  /** For the weights; default `linear`, what PyTorch's nn.Linear starts from. Biases start at zero. */
  readonly initializer?: Initializer
  readonly seed: number
  /**
   * What the classifier reads: the network's `last` value (default), or those of `all` stages or the named ones (the
   * last among them): each pooled, joined, and standardised by statistics that a training puts in, then times
   * `stageWeight` once per stage from the last one.
   */
  readonly features?: 'last' | 'all' | readonly string[]
  /** Above 0; default 0.6. */
  readonly stageWeight?: number
}

const activations = { relu: 'Relu', hardswish: 'HardSwish' } as const

/**
 * Puts a fresh, trainable classifier on the network's feature: stage `head` with layers `head.pool`, 'head.flatten',
 * `head.hidden1`, ...,
 * `head.fc`, whose value is the logits.
 * @throws NetworkError when there is a head already, an option is out of range, or the feature is neither a map nor a sequence nor a vector
 */
export function addHead(network: Network, options: HeadOptions): Network {
  checkOptions(network, options)
  const head = buildHead(network, options)
  const result: Network = {
    ...network,
    layers: [...network.layers, ...head.layers],
    parameters: { ...network.parameters, ...head.parameters },
    stages: [...network.stages, { name: headStage, layers: head.layers.map((layer) => layer.name) }],
    output: head.layers.at(-1)?.name ?? network.output,
    head: { ...classifierHead([...options.classNames]), ...(options.task !== undefined && { task: options.task }) },
  }
  const hidden = options.hidden.length ? `, hidden ${options.hidden.join(', ')}` : ''
  return finishEdit(
    result,
    `head added: ${options.classNames.length} classes, ${readsOf(options)}pooling ${options.pooling}${hidden}, dropout ${options.dropout}`,
  )
}

function readsOf({ features = 'last' }: HeadOptions): string {
  if (features === 'last') return ''
  return `features of ${features === 'all' ? 'all stages' : features.join(', ')}, `
}

function checkOptions(
  network: Network,
  { classNames, hidden, dropout, pooling, features = 'last', stageWeight = 0.6 }: HeadOptions,
): void {
  if (findStage(network, headStage))
    throw new NetworkError(
      `${network.name} already has a head.`,
      'A network has one: strip it first (Strip Head), then add the new one.',
    )
  if (classNames.length === 0)
    throw new NetworkError('The new head has no classes.', 'Give it at least one class name.')
  const repeated = classNames.find((name, index) => classNames.indexOf(name) !== index)
  if (repeated !== undefined)
    throw new NetworkError(
      `The class name ${JSON.stringify(repeated)} is given twice.`,
      'Give the classes different names.',
    )
  const wrong = hidden.find((units) => !Number.isInteger(units) || units < 1)
  if (wrong !== undefined)
    throw new NetworkError(`A hidden layer can't have ${wrong} units.`, 'Give whole numbers of at least 1.')
  if (features !== 'last' && pooling === 'none')
    throw new NetworkError(
      'Maps of several stages are too large to be joined without pooling.',
      'Choose the pooling average, max or both, or take the features of the last stage only.',
    )
  if (!(stageWeight > 0 && stageWeight <= 1))
    throw new NetworkError(`A stage weight of ${stageWeight} is out of range.`, 'Give more than 0 and at most 1.')
  if (!(dropout >= 0 && dropout < 1))
    throw new NetworkError(`A dropout of ${dropout} is out of range.`, 'Give at least 0 and less than 1.')
}

function buildHead(network: Network, options: HeadOptions): { layers: Layer[]; parameters: Record<string, Parameter> } {
  const layers: Layer[] = []
  const parameters: Record<string, Parameter> = {}
  const prefix = headPrefix(network)
  let last = network.output
  const add = (
    name: string,
    operator: string,
    attributes: Record<string, AttributeValue> = {},
    slots: Record<string, string> = {},
    inputs: readonly string[] = [last],
  ): void => {
    last = `${prefix}.${name}`
    const statistics = operator === 'BatchNormalization' ? { statistics: 'batch' as const } : {}
    layers.push({ name: last, operator, inputs, parameters: slots, attributes, ...statistics })
  }
  const addLinear = (name: string, inputs: number, outputs: number): void => {
    const key = (slot: string): string => `${prefix}.${name}.${slot}`
    const parameter = (slot: string, shape: readonly number[], initializer: Initializer): void => {
      parameters[key(slot)] = {
        shape,
        trainable: true,
        source: { kind: 'initializer', initializer, seed: deriveSeed(options.seed, key(slot)) },
      }
    }
    parameter('weight', [outputs, inputs], options.initializer ?? { name: 'linear' })
    parameter('bias', [outputs], { name: 'zeros' })
    add(name, 'Gemm', { transB: 1 }, { weight: key('weight'), bias: key('bias') })
  }
  const addFrom: AddFrom = (name, build) => {
    last = name
    return { width: build(add), value: last }
  }
  let width =
    (options.features ?? 'last') !== 'last'
      ? addStages(network, options, { add, addFrom, prefix, parameters })
      : addPooling(network, options.pooling, add, prefix)
  options.hidden.forEach((units, index) => {
    addLinear(`hidden${index + 1}`, width, units)
    add(`activation${index + 1}`, activations[options.activation ?? 'relu'])
    if (options.dropout > 0) add(`dropout${index + 1}`, 'Dropout', { ratio: options.dropout })
    width = units
  })
  if (options.hidden.length === 0 && options.dropout > 0) add('dropout', 'Dropout', { ratio: options.dropout })
  addLinear('fc', width, options.classNames.length)
  return { layers, parameters }
}

type AddLayer = (
  name: string,
  operator: string,
  attributes?: Record<string, AttributeValue>,
  slots?: Record<string, string>,
  inputs?: readonly string[],
) => void

/** Runs `build` with layers that follow the named one; gives its width and the last layer. */
type AddFrom = (name: string, build: (add: AddLayer) => number) => { readonly width: number; readonly value: string }

interface HeadParts {
  readonly add: AddLayer
  readonly addFrom: AddFrom
  readonly prefix: string
  readonly parameters: Record<string, Parameter>
}

/** Adds what joins the pooled values of all stages, standardised and weighted; returns the width. */
function addStages(network: Network, options: HeadOptions, { add, addFrom, prefix, parameters }: HeadParts): number {
  const taps = chosenEnds(network, options.features ?? 'all')
  const pooled = taps.map(({ stage, value }) =>
    addFrom(value, () => {
      const addNamed: AddLayer = (name, ...rest) => add(`${stage}.${name}`, ...rest)
      return addPooling({ ...network, output: value }, options.pooling, addNamed, `${prefix}.${stage}`)
    }),
  )
  add(
    'join',
    'Concat',
    { axis: 1 },
    {},
    pooled.map(({ value }) => value),
  )
  const width = pooled.reduce((sum, part) => sum + part.width, 0)
  const weight = options.stageWeight ?? 0.6
  const segments = pooled.map((part, index) => ({ length: part.width, value: weight ** (taps.length - 1 - index) }))
  const slots = {
    scale: { name: 'segments', segments },
    shift: { name: 'zeros' },
    mean: { name: 'zeros' },
    variance: { name: 'ones' },
  } as const
  const keys = Object.entries(slots).map(([slot, initializer]): [string, string] => {
    const key = `${prefix}.standardise.${slot}`
    parameters[key] = { shape: [width], trainable: false, source: { kind: 'initializer', initializer, seed: 0 } }
    return [slot, key]
  })
  add('standardise', 'BatchNormalization', {}, Object.fromEntries(keys))
  return width
}

/** The ends of the stages that the head reads. */
function chosenEnds(network: Network, features: NonNullable<HeadOptions['features']>): ReturnType<typeof stageEnds> {
  const ends = stageEnds(network)
  if (typeof features === 'string') return ends
  const names = ends.map(({ stage }) => stage)
  const unknown = features.find((name) => !names.includes(name))
  if (unknown !== undefined)
    throw new NetworkError(
      `A head on ${network.name} can't read the stage ${JSON.stringify(unknown)}.`,
      `Choose among ${listed(names)}.`,
    )
  const last = names.at(-1) ?? ''
  const chosen = ends.filter(({ stage }) => features.includes(stage))
  if (chosen.length > 1 && features.includes(last)) return chosen
  throw new NetworkError(
    `A head that reads several stages reads the last one, ${last}, and one more at least, but ${features.length === 0 ? 'none' : listed(features)} is chosen.`,
    `Add ${features.includes(last) ? 'another stage' : `${last}, or cut the network earlier (Strip Head)`}.`,
  )
}

/** The value at the end of every stage that has weights, in order, the network's own last. */
function stageEnds(network: Network): readonly { readonly stage: string; readonly value: string }[] {
  const layers = new Map(network.layers.map((layer) => [layer.name, layer]))
  const shapes = inferShapes(network)
  const ends = network.stages
    .filter((stage) => stage.layers.some((name) => layers.get(name)?.parameters['weight'] !== undefined))
    .map(({ name, layers: own }) => ({ stage: name, value: own.at(-1) ?? '' }))
    .filter(({ value }) => value !== network.output && [2, 3, 4].includes(shapes.get(value)?.length ?? 0))
  const last = network.stages.find((stage) => stage.layers.includes(network.output))?.name ?? 'last'
  const earlier = ends.filter(({ stage }) => stage !== last)
  if (earlier.length > 0) return [...earlier, { stage: last, value: network.output }]
  throw new NetworkError(
    `${network.name} has no second stage that gives features, so there is nothing to join.`,
    'Take the features of the last stage only.',
  )
}

/** What the new layers' names begin with: `head`, or `head_2`, ... where trunk layers are called so. */
function headPrefix({ layers, parameters }: Network): string {
  const names = [...layers.map((layer) => layer.name), ...Object.keys(parameters)]
  const isFree = (prefix: string): boolean => !names.some((name) => name.startsWith(`${prefix}.`))
  let prefix = headStage
  for (let number = 2; !isFree(prefix); number++) prefix = `${headStage}_${number}`
  return prefix
}

/** Adds what turns the feature into a vector; returns its width. Maps with channels last are turned round first. */
function addPooling(network: Network, pooling: HeadOptions['pooling'], add: AddLayer, prefix: string): number {
  const shape = inferShapes(network).get(network.output) ?? []
  // The channels of a map come second, the features of a sequence last.
  const turned = { 3: { wrong: 1, perm: [0, 2, 1] }, 4: { wrong: 3, perm: [0, 3, 1, 2] } }[shape.length]
  const perm = turned !== undefined && channelAxis(network, network.output) === turned.wrong ? turned.perm : null
  const feature = perm === null ? network.output : `${prefix}.channels`
  if (perm !== null) add('channels', 'Transpose', { perm })
  const [, channels = 0, ...spatial] = perm === null ? shape : perm.map((axis) => shape[axis] ?? 1)
  if (spatial.length === 0) return channels
  if (spatial.length === 1) return addTokenPooling(feature, pooling, add, [channels, spatial[0] ?? 0], prefix)
  if (spatial.length !== 2) {
    throw new NetworkError(
      `The feature of ${network.name} (${network.output}) has ${spatial.length + 2} axes with the batch. A head takes a feature map [batch, channels, height, width], a sequence [batch, tokens, features] or a vector [batch, features].`,
      'Cut after a layer that gives one.',
    )
  }
  if (pooling === 'average') add('pool', 'GlobalAveragePool')
  if (pooling === 'max') add('pool', 'GlobalMaxPool')
  if (pooling === 'averageAndMax') {
    add('average', 'GlobalAveragePool')
    add('max', 'GlobalMaxPool', {}, {}, [feature])
    add('pool', 'Concat', { axis: 1 }, {}, [`${prefix}.average`, `${prefix}.max`])
  }
  add('flatten', 'Flatten', { axis: 1 })
  if (pooling === 'none') return spatial.reduce((product, size) => product * size, channels)
  return pooling === 'averageAndMax' ? channels * 2 : channels
}

/** The same for the sequence inside a transformer: pooling goes over its tokens. */
function addTokenPooling(
  feature: string,
  pooling: HeadOptions['pooling'],
  add: AddLayer,
  [tokens, features]: readonly [number, number],
  prefix: string,
): number {
  const overTokens = { axes: [1], keepdims: 0 }
  if (pooling === 'average') add('pool', 'ReduceMean', overTokens)
  if (pooling === 'max') add('pool', 'ReduceMax', overTokens)
  if (pooling === 'averageAndMax') {
    add('average', 'ReduceMean', overTokens)
    add('max', 'ReduceMax', overTokens, {}, [feature])
    add('pool', 'Concat', { axis: 1 }, {}, [`${prefix}.average`, `${prefix}.max`])
  }
  if (pooling === 'none') add('flatten', 'Flatten', { axis: 1 })
  return { average: features, max: features, averageAndMax: features * 2, none: tokens * features }[pooling]
}
