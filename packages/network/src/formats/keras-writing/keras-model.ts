import { NetworkError } from '../../network-error.js'
import type { Layer, Network, TensorData, Tensors } from '../../network.js'
import { inferShapes } from '../../infer-shapes.js'
import type { Shape } from '../../operator.js'
import { resolveAttributes } from '../../resolve-attributes.js'
import { type KerasShape, kerasShapeAfter } from './keras-shapes.js'
import { findPatterns, type Patterns } from './patterns.js'

/** Whose words layers are written in: TensorFlow.js speaks those of Keras 2. */
export type KerasDialect = 'tfjs' | 'keras3'

/** A Keras layer that is written: its class, settings, and the layers whose values it takes. */
export interface WrittenLayer {
  readonly className: string
  /** Of an operation among Keras 3's layers, where it stands: `keras.src.ops.nn`. */
  readonly module?: string
  readonly name: string
  readonly config: Readonly<Record<string, unknown>>
  readonly inputs: readonly string[]
  /** Of its value, in Keras's order of axes. */
  readonly shape: KerasShape
  /** By the variable's name (`kernel`, `bias`, `gamma`), in the order in which Keras makes them. */
  readonly weights: Readonly<Record<string, TensorData>>
}

/**
 * A value among Keras layers. `last`: a map `[N, channels, height, width]` that Keras has as `[N, height, width,
 * channels]`; `plain`: axes as in the network.
 */
export interface KerasValue {
  readonly layer: string
  readonly layout: 'last' | 'plain'
}

/** What an operator's writer works with. */
export interface WriteCall {
  readonly layer: Layer
  readonly dialect: KerasDialect
  readonly attributes: ReturnType<typeof resolveAttributes>
  readonly inputs: readonly KerasValue[]
  readonly inputShapes: readonly Shape[]
  readonly outputShape: Shape
  /** Values of a parameter by slot; undefined where the layer hasn't it. */
  weight(slot: string): TensorData | undefined
  /** Whether a layer's value is never below zero. */
  nonNegative(name: string): boolean
  /** Adds a Keras layer; the last one added gives the value. */
  add(
    className: string,
    config: WrittenLayer['config'],
    inputs: readonly KerasValue[],
    weights?: WrittenLayer['weights'],
    module?: string,
  ): KerasValue
  /** Throws NetworkError: Keras has no layer for this. */
  refuse(why: string): never
}

/** How an operator is written as Keras layers. */
export interface OperatorWriter {
  readonly operators: readonly string[]
  write(call: WriteCall): KerasValue
}

type NewLayer = Pick<WrittenLayer, 'className' | 'module' | 'config' | 'weights'>

/** Layers are called as in the network where they are one. */
export class KerasModelWriter {
  readonly layers: WrittenLayer[] = []
  private readonly values = new Map<string, KerasValue>()
  private readonly shapes: ReadonlyMap<string, Shape>
  private readonly byName: ReadonlyMap<string, Layer>
  private readonly taken = new Set<string>()
  private readonly patterns: Patterns

  constructor(
    private readonly network: Network,
    private readonly tensors: Tensors,
    private readonly writers: readonly OperatorWriter[],
    private readonly dialect: KerasDialect,
  ) {
    this.shapes = inferShapes(network)
    this.patterns = findPatterns(network)
    this.byName = new Map(network.layers.map((layer) => [layer.name, layer]))
  }

  /** Every layer of the network; gives the value of its output. Throws NetworkError where Keras has no layer for one. */
  write(): KerasValue {
    const { input, layers, output } = this.network
    const [channels = 0, height = 0, width = 0] = input.shape
    const shape = [null, height, width, channels]
    const key = this.dialect === 'tfjs' ? 'batch_input_shape' : 'batch_shape'
    const config = { [key]: shape, dtype: 'float32', sparse: false }
    this.layers.push({ className: 'InputLayer', name: this.free(input.name), config, inputs: [], shape, weights: {} })
    this.values.set(input.name, { layer: this.layers[0]?.name ?? '', layout: 'last' })
    for (const layer of layers)
      if (!this.patterns.skipped.has(layer.name)) this.values.set(layer.name, this.writeLayer(layer))
    return this.values.get(output) ?? { layer: '', layout: 'plain' }
  }

  private writeLayer(layer: Layer): KerasValue {
    const vector = this.patterns.unitLength.get(layer.name)
    const operator = vector === undefined ? layer.operator : 'UnitLength'
    const inputs = vector === undefined ? layer.inputs : [vector]
    const writer = this.writers.find(({ operators }) => operators.includes(operator))
    const refuse = (why: string): never => {
      throw new NetworkError(
        `Layer ${layer.name} (${layer.operator}) can't be written as Keras layers: ${why}.`,
        'Export as ONNX, which can hold every network.',
      )
    }
    if (writer === undefined) return refuse('Keras has no such layer')
    const shapeOf = (name: string): Shape => this.shapes.get(name) ?? []
    return writer.write({
      layer,
      dialect: this.dialect,
      attributes: resolveAttributes(layer),
      inputs: inputs.map((name) => this.values.get(name) ?? { layer: name, layout: 'plain' }),
      inputShapes: inputs.map(shapeOf),
      outputShape: shapeOf(layer.name),
      weight: (slot) => this.tensors.get(layer.parameters[slot] ?? ''),
      nonNegative: (name) => this.nonNegative(name),
      add: (className, config, inputs, weights = {}, module) =>
        this.add(layer.name, { className, config, weights, ...(module !== undefined && { module }) }, inputs),
      refuse,
    })
  }

  private add(wanted: string, added: NewLayer, inputs: readonly KerasValue[]): KerasValue {
    const name = this.free(wanted)
    const names = inputs.map((value) => value.layer)
    const shapes = names.map((input) => this.layers.find((layer) => layer.name === input)?.shape ?? [])
    const shape = kerasShapeAfter(added.className, added.config, shapes)
    this.layers.push({ ...added, name, inputs: names, shape })
    return { layer: name, layout: inputs[0]?.layout ?? 'plain' }
  }

  /** Keras allows no slash in a name. */
  private free(wanted: string): string {
    const plain = wanted.replaceAll(/[^\w.-]/g, '_')
    let name = plain
    for (let number = 1; this.taken.has(name); number++) name = `${plain}_${number}`
    this.taken.add(name)
    return name
  }

  private nonNegative(name: string): boolean {
    const layer = this.byName.get(name)
    if (layer === undefined) return false
    const { operator, inputs } = layer
    if (operator === 'Relu' || operator === 'Sigmoid') return true
    if (operator === 'Clip') return Number(resolveAttributes(layer)['min'] ?? -1) >= 0
    const passes = ['Concat', 'MaxPool', 'AveragePool', 'Dropout', 'Identity', 'Add']
    return passes.includes(operator) && inputs.length > 0 && inputs.every((input) => this.nonNegative(input))
  }
}

/** Another order of the axes. */
export function transposed({ shape, data }: TensorData, order: readonly number[]): TensorData {
  const result = order.map((axis) => shape[axis] ?? 1)
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1))
  const values = new Float32Array(data.length)
  const index = result.map(() => 0)
  for (let at = 0; at < values.length; at++) {
    values[at] = data[order.reduce((sum, axis, place) => sum + (index[place] ?? 0) * (strides[axis] ?? 0), 0)] ?? 0
    for (let place = result.length - 1; place >= 0; place--) {
      index[place] = (index[place] ?? 0) + 1
      if ((index[place] ?? 0) < (result[place] ?? 1)) break
      index[place] = 0
    }
  }
  return { shape: result, data: values }
}
