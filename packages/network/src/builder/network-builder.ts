import type { AttributeValue, Initializer, Layer, Network, Parameter, Stage, Tensors } from '../network.js'
import type { Operator, Shape } from '../operator.js'
import { findOperator } from '../operators/index.js'
import { isStatistic, keepsStatistics } from '../operators/statistics.js'
import { resolveAttributes } from '../resolve-attributes.js'
import { UniqueNames } from './unique-names.js'

/** A layer to add. */
export interface NewLayer {
  /** The name it should have; a layer whose name is taken gets `_2`, `_3`, ... behind it. */
  readonly name: string
  readonly operator: string
  /** Names of the values it reads; the layer before (at first: the network's input) when left out. */
  readonly inputs?: readonly string[]
  readonly attributes?: Readonly<Record<string, AttributeValue>>
  /** By slot of the operator: a new parameter, or the key of one that {@link NetworkBuilder.parameter} has added. */
  readonly parameters?: Readonly<Record<string, NewParameter | string>>
}

/** A parameter to add. Shapes and the order of values are ONNX's. */
export type NewParameter = {
  readonly shape: Shape
  /** Default: true, except for statistics and constants, which nothing learns (see `ParameterRole`). */
  readonly trainable?: boolean
} & (
  | { /** Row-major; kept, not copied. */ readonly data: Float32Array }
  | { /** Draws the values, with a seed of the parameter's own. */ readonly initializer: Initializer }
)

export interface BuilderOptions {
  readonly input: Network['input']
  /** Number of images in the shapes that the builder infers. Default 1. */
  readonly batch?: number
  /** The first initialised parameter gets this seed, every further one the next. Default 0. */
  readonly seed?: number
}

/** What is left to say of a network when its layers are built. */
export type NetworkFacts = Pick<Network, 'name' | 'preprocessing' | 'provenance'> &
  Partial<Pick<Network, 'output' | 'head' | 'preprocessingOrigin'>>

/**
 * Collects the layers, parameters and stages of a network, in order, and knows the shape of every value as soon as it
 * is added. Architectures use it as it is, importers underneath what is peculiar to their format.
 * @example
 * const builder = new NetworkBuilder({ input: { name: 'input', shape: [3, 32, 32] } })
 * builder.startStage('stem')
 * builder.add({
 *   name: 'stem.conv',
 *   operator: 'Conv',
 *   attributes: { kernel_shape: [3, 3], pads: [1, 1, 1, 1] },
 *   parameters: { weight: { shape: [8, 3, 3, 3], initializer: { name: 'heNormal' } } },
 * })
 * builder.add({ name: 'stem.activation', operator: 'Relu' })
 * const network = builder.build({ name: 'tiny', preprocessing, provenance })
 */
export class NetworkBuilder {
  readonly layers: Layer[] = []
  readonly parameters: Record<string, Parameter> = {}
  /** Values of the parameters that came with values. */
  readonly tensors: Tensors = new Map()
  /** Remarks for the history, each once. */
  readonly notes: string[] = []
  private readonly input: Network['input']
  private readonly seed: number
  private readonly names = new UniqueNames()
  private readonly parameterNames = new UniqueNames()
  private readonly positions = new Map<string, number>()
  private readonly shapes = new Map<string, Shape>()
  private readonly stages: { name: string; layers: string[] }[] = []

  constructor({ input, batch = 1, seed = 0 }: BuilderOptions) {
    this.input = input
    this.seed = seed
    this.names.take(input.name)
    this.shapes.set(input.name, [batch, ...input.shape])
  }

  /**
   * Adds a layer and its new parameters (called `LAYER.SLOT`); returns the layer's name. Throws NetworkError when the
   * operator isn't known or the shapes don't fit.
   */
  add({
    name: wanted,
    operator: operatorName,
    inputs = [this.last],
    attributes = {},
    parameters = {},
  }: NewLayer): string {
    const operator = findOperator(operatorName)
    const name = this.names.take(wanted)
    const keys = Object.entries(parameters).map(([slot, given]): [string, string] => [
      slot,
      typeof given === 'string' ? given : this.parameter(`${name}.${slot}`, inSlot(operator, slot, given)),
    ])
    const plain: Layer = { name, operator: operatorName, inputs, parameters: Object.fromEntries(keys), attributes }
    const layer: Layer = keepsStatistics(operator) ? { ...plain, statistics: 'batch' } : plain
    this.shapes.set(name, this.shapeAfter(layer, operator))
    this.positions.set(name, this.layers.length)
    this.layers.push(layer)
    this.stages.at(-1)?.layers.push(name)
    return name
  }

  /** Adds a parameter that a layer is going to use; returns its key: the wanted one, or that with a number behind it. */
  parameter(wanted: string, { trainable = true, ...given }: NewParameter): string {
    const key = this.parameterNames.take(wanted)
    const seed = this.seed + Object.keys(this.parameters).length
    const source: Parameter['source'] =
      'data' in given
        ? { kind: 'blob', blob: '', tensor: key }
        : { kind: 'initializer', initializer: given.initializer, seed }
    this.parameters[key] = { shape: given.shape, trainable, source }
    if ('data' in given) this.tensors.set(key, { shape: given.shape, data: given.data })
    return key
  }

  /** The name that a layer gets which wants this one. */
  freeName(wanted: string): string {
    return this.names.peek(wanted)
  }

  /** Layers added from now on belong to this stage. */
  startStage(name: string): void {
    this.stages.push({ name, layers: [] })
  }

  /** Name of the newest layer; at first that of the network's input. */
  get last(): string {
    return this.layers.at(-1)?.name ?? this.input.name
  }

  /** The layer of this name; undefined for the network's input. */
  layer(name: string): Layer | undefined {
    return this.layers[this.positions.get(name) ?? -1]
  }

  /** Shape of an earlier value, batch axis included. */
  shape(name: string): Shape {
    return this.shapes.get(name) ?? []
  }

  /** Puts another layer in the place of an earlier one of the same name and result shape. */
  replace(layer: Layer): void {
    const position = this.positions.get(layer.name)
    if (position !== undefined) this.layers[position] = layer
  }

  note(line: string): void {
    if (!this.notes.includes(line)) this.notes.push(line)
  }

  /** The network so far, not validated. Its output is the newest layer, it has the stages that were started. */
  build({
    output = this.last,
    head = null,
    name,
    preprocessing,
    provenance,
    preprocessingOrigin,
  }: NetworkFacts): Network {
    const stages: readonly Stage[] = this.stages.map((stage) => ({ name: stage.name, layers: [...stage.layers] }))
    const [layers, parameters] = [[...this.layers], { ...this.parameters }]
    return {
      format: 'graft-network',
      version: 1,
      name,
      input: this.input,
      layers,
      parameters,
      stages,
      output,
      preprocessing,
      ...(preprocessingOrigin !== undefined && { preprocessingOrigin }),
      head,
      provenance,
    }
  }

  private shapeAfter(layer: Layer, operator: Operator): Shape {
    return operator.shape({
      layer,
      attributes: resolveAttributes(layer),
      inputs: layer.inputs.map((input) => this.shape(input)),
      parameters: Object.fromEntries(
        Object.entries(layer.parameters).map(([slot, key]) => [slot, this.parameters[key]?.shape ?? []]),
      ),
    })
  }
}

function inSlot(operator: Operator, slot: string, parameter: NewParameter): NewParameter {
  const role = operator.parameters[slot]?.role
  return { trainable: !isStatistic(role) && role !== 'constant', ...parameter }
}
