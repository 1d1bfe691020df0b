import { textOf } from '@graft/errors'
import type { AttributeValue, Layer, Parameter, TensorData, Tensors } from '../../../network.js'
import type { Shape } from '../../../operator.js'
import { findOperator } from '../../../operators/index.js'
import { resolveAttributes } from '../../../resolve-attributes.js'
import { batchMarker, type Constant, type GraphValue, type LayerValue } from './graph-value.js'
import { layerName, type ModuleNames, UniqueNames } from './layer-names.js'
import { isTellingName } from './learned-operands.js'
import type { NodeCall } from './node-call.js'

/** A constant becoming a parameter of a layer. */
export interface Slot {
  readonly value: Constant
  readonly trainable: boolean
}

export interface EmitOptions {
  readonly attributes?: Readonly<Record<string, AttributeValue>>
  readonly slots?: Readonly<Record<string, Slot | null>>
  /** Tells layers apart when one node becomes several. */
  readonly suffix?: string
  readonly statistics?: 'batch'
}

/** Collects the layers and parameters of a network while an ONNX graph is imported. */
export class GraphBuilder {
  readonly layers: Layer[] = []
  readonly parameters: Record<string, Parameter> = {}
  readonly tensors: Tensors = new Map()
  readonly notes: string[] = []
  private readonly names = new UniqueNames()
  private readonly parameterNames = new UniqueNames()
  private readonly indices = new Map<string, number>()
  private readonly owners = new Map<string, Constant>()
  private readonly shapes = new Map<string, Shape>()
  private readonly layerUses = new Map<string, number>()

  constructor(
    readonly inputName: string,
    inputShape: Shape,
    private readonly modules: ModuleNames,
    /** Batch size the file is fixed to, or 1 when it is dynamic: the number that hard-coded reshapes carry. */
    readonly tracedBatch: number,
    /** How often every value of the ONNX graph is used. */
    private readonly uses: ReadonlyMap<string, number>,
  ) {
    this.names.take(inputName)
    this.shapes.set(inputName, inputShape)
  }

  /** Adds a layer computing this node; throws FormatError when the operator or the shapes are not supported. */
  emit(
    call: NodeCall,
    operator: string,
    inputs: readonly LayerValue[],
    { attributes = {}, slots = {}, suffix = '', statistics }: EmitOptions = {},
  ): LayerValue {
    const present = Object.entries(slots).filter((entry): entry is [string, Slot] => entry[1] !== null)
    const weightOrigin =
      present[0]?.[0] === 'weight' || present[0]?.[0] === 'scale' ? (present[0][1].value.origin ?? '') : ''
    const name = this.names.take(layerName(call.node, weightOrigin, this.modules) + suffix)
    const parameters = Object.fromEntries(present.map(([slot, entry]) => [slot, this.addParameter(name, slot, entry)]))
    const layer: Layer = {
      name,
      operator,
      inputs: inputs.map((input) => input.name),
      parameters,
      attributes,
      ...(statistics === undefined ? {} : { statistics }),
    }
    const shape = this.shapeOf(call, layer, inputs)
    this.indices.set(name, this.layers.length)
    this.layers.push(layer)
    this.shapes.set(name, shape)
    return { kind: 'layer', name, shape }
  }

  /** The layer that computes a value; undefined for the network's input. */
  find(value: LayerValue): Layer | undefined {
    return this.layerNamed(value.name)
  }

  /** The layer of this name; undefined for the network's input. */
  layerNamed(name: string): Layer | undefined {
    return this.layers[this.indices.get(name) ?? -1]
  }

  /** Shape of an earlier value. */
  shape(name: string): Shape {
    return this.shapes.get(name) ?? []
  }

  /** Puts another layer in the place of an earlier one, under the same name. */
  replace(
    value: LayerValue,
    change: Pick<Layer, 'operator' | 'attributes'>,
    slots: Readonly<Record<string, Slot>>,
  ): void {
    const index = this.indices.get(value.name)
    const layer = this.find(value)
    if (index === undefined || layer === undefined) return
    const added = Object.fromEntries(
      Object.entries(slots).map(([slot, entry]) => [slot, this.addParameter(layer.name, slot, entry)]),
    )
    this.layers[index] = { ...layer, ...change, parameters: { ...layer.parameters, ...added } }
  }

  /** Records that a value of the ONNX graph is this layer's. */
  bind(name: string, value: GraphValue): void {
    if (value.kind === 'layer')
      this.layerUses.set(value.name, (this.layerUses.get(value.name) ?? 0) + (this.uses.get(name) ?? 0))
  }

  usedOnce(value: LayerValue): boolean {
    return this.layerUses.get(value.name) === 1
  }

  note(line: string): void {
    if (!this.notes.includes(line)) this.notes.push(line)
  }

  private shapeOf(call: NodeCall, layer: Layer, inputs: readonly LayerValue[]): Shape {
    const parameters = Object.fromEntries(
      Object.entries(layer.parameters).map(([slot, key]) => [slot, this.parameters[key]?.shape ?? []]),
    )
    try {
      return findOperator(layer.operator).shape({
        layer,
        attributes: resolveAttributes(layer),
        inputs: inputs.map((input) => input.shape),
        parameters,
      })
    } catch (error) {
      const reason = textOf(error).replaceAll(String(batchMarker), 'N')
      throw call.refuse("can't be represented", reason)
    }
  }

  /**
   * Keeps the file's own name for a weight where it has a telling one; the same initialiser used twice stays one
   * parameter.
   */
  private addParameter(layer: string, slot: string, { value, trainable }: Slot): string {
    const wanted = value.origin !== null && isTellingName(value.origin) ? value.origin : `${layer}.${slot}`
    const owner = this.owners.get(wanted)
    const shared = owner !== undefined && owner.read === value.read && owner.shape.join() === value.shape.join()
    const key = shared ? wanted : this.parameterNames.take(wanted)
    this.owners.set(key, value)
    this.parameters[key] = {
      shape: value.shape,
      trainable: trainable || (this.parameters[key]?.trainable ?? false),
      source: { kind: 'blob', blob: '', tensor: key },
    }
    if (!shared) this.tensors.set(key, toTensorData(value))
    return key
  }
}

function toTensorData(value: Constant): TensorData {
  const values = value.read()
  return { shape: value.shape, data: values instanceof Float32Array ? values : Float32Array.from(values) }
}
