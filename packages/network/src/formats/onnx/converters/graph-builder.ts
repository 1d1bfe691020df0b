import { must, textOf } from '@graft/errors'
import { NetworkBuilder } from '../../../builder/network-builder.js'
import type { AttributeValue, Layer } from '../../../network.js'
import type { Shape } from '../../../operator.js'
import { batchMarker, type Constant, type GraphValue, type LayerValue } from '../values/graph-value.js'
import { isBatchMultiple } from '../values/fold-support.js'
import { layerName, type ModuleNames } from './layer-names.js'
import { isTellingName } from '../values/telling-name.js'
import type { NodeCall } from '../values/node-call.js'

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
}

/** Collects the layers and parameters of a network while an ONNX graph is imported; knows the graph's names and uses. */
export class GraphBuilder extends NetworkBuilder {
  private readonly owners = new Map<string, Constant>()
  private readonly layerUses = new Map<string, number>()
  /** See {@link outerOf}. */
  private readonly outer = new Map<string, number>()

  constructor(
    readonly inputName: string,
    inputShape: Shape,
    private readonly modules: ModuleNames,
    /** Batch size the file is fixed to, or 1 when it is dynamic: the number that hard-coded reshapes carry. */
    readonly tracedBatch: number,
    /** How often every value of the ONNX graph is used. */
    private readonly uses: ReadonlyMap<string, number>,
    /** Large initialisers by their number of elements. */
    private readonly initializers: ReadonlyMap<number, readonly Constant[]> = new Map(),
    /** How an operator becomes layers. */
    readonly converterOf: (
      operator: string,
    ) => ((call: NodeCall, builder: GraphBuilder) => GraphValue | readonly GraphValue[]) | undefined = () => undefined,
  ) {
    const [batch = 1, ...shape] = inputShape
    super({ input: { name: inputName, shape }, batch })
  }

  /** Adds a layer computing this node; throws FormatError when the operator or the shapes are not supported. */
  emit(
    call: NodeCall,
    operator: string,
    inputs: readonly LayerValue[],
    { attributes = {}, slots = {}, suffix = '' }: EmitOptions = {},
  ): LayerValue {
    const present = Object.entries(slots).filter((entry): entry is [string, Slot] => entry[1] !== null)
    const weightOrigin =
      present[0]?.[0] === 'weight' || present[0]?.[0] === 'scale' ? (present[0][1].value.origin ?? '') : ''
    const wanted = this.freeName(layerName(call.node, weightOrigin, this.modules) + suffix)
    const parameters = Object.fromEntries(present.map(([slot, entry]) => [slot, this.addConstant(wanted, slot, entry)]))
    try {
      const name = this.add({
        name: wanted,
        operator,
        inputs: inputs.map((input) => input.name),
        attributes,
        parameters,
      })
      const value: LayerValue = { kind: 'layer', name, shape: this.shape(name) }
      if (value.shape.filter(isBatchMultiple).length > 1)
        throw new Error('It would compute with several images at once.')
      const joined = value.shape.some((size) => size !== batchMarker && isBatchMultiple(size))
      return joined && inputs[0] !== undefined ? this.placed(value, this.outerOf(inputs[0])) : value
    } catch (error) {
      const reason = textOf(error).replaceAll(String(batchMarker), 'N')
      throw call.refuse("can't be represented", reason)
    }
  }

  /** The layer that computes a value; undefined for the network's input. */
  find(value: LayerValue): Layer | undefined {
    return this.layer(value.name)
  }

  /** How many elements of the axis that holds the images lie outside of them (see `PlacedBatch`). */
  outerOf(value: LayerValue): number {
    return this.outer.get(value.name) ?? 1
  }

  placed(value: LayerValue, outer: number): LayerValue {
    this.outer.set(value.name, outer)
    return value
  }

  /** Turns an earlier layer into another one that gives a value of the same shape, under the same name. */
  turnInto(
    value: LayerValue,
    change: Pick<Layer, 'operator' | 'attributes'>,
    slots: Readonly<Record<string, Slot>>,
  ): void {
    const layer = this.find(value)
    if (layer === undefined) return
    const added = Object.fromEntries(
      Object.entries(slots).map(([slot, entry]) => [slot, this.addConstant(layer.name, slot, entry)]),
    )
    this.replace({ ...layer, ...change, parameters: { ...layer.parameters, ...added } })
  }

  /** Records that a value of the ONNX graph is this layer's. */
  bind(name: string, value: GraphValue): void {
    if (value.kind === 'layer')
      this.layerUses.set(value.name, (this.layerUses.get(value.name) ?? 0) + (this.uses.get(name) ?? 0))
  }

  usedOnce(value: LayerValue): boolean {
    return this.layerUses.get(value.name) === 1
  }

  /** A constant as the initialiser that it equals, where a file computed it without changing its numbers. */
  named(value: Constant): Constant {
    if (value.origin !== null) return value
    const numbers = value.read()
    const found = (this.initializers.get(numbers.length) ?? []).find((candidate) => {
      const own = candidate.read()
      return isTellingName(candidate.origin ?? '') && numbers.every((number, index) => number === own[index])
    })
    return found === undefined ? value : { ...found, shape: value.shape }
  }

  /**
   * Keeps the file's own name for a weight where it has a telling one; the same initialiser used twice stays one
   * parameter, whatever its name is.
   */
  private addConstant(layer: string, slot: string, { value, trainable }: Slot): string {
    const shared = this.ownedAs(value)
    if (shared !== null) {
      const known = must(this.parameters[shared], `the parameter "${shared}"`)
      this.parameters[shared] = { ...known, trainable: trainable || known.trainable }
      return shared
    }
    const wanted = value.origin !== null && isTellingName(value.origin) ? value.origin : `${layer}.${slot}`
    const key = this.parameter(wanted, { shape: value.shape, trainable, data: floatsOf(value) })
    this.owners.set(key, value)
    return key
  }

  /** The parameter that an initialiser became before; null for its first use. */
  private ownedAs(value: Constant): string | null {
    if (value.origin === null) return null
    const found = [...this.owners].find(([, owner]) => owner.read === value.read && sameShape(owner, value))
    return found === undefined || isUniform(value) ? null : found[0]
  }
}

const sameShape = (a: Constant, b: Constant): boolean => a.shape.join() === b.shape.join()

/** One number everywhere: what exporters join of several fresh parameters, which learn apart from each other. */
function isUniform(value: Constant): boolean {
  const values = value.read()
  return values.length > 1 && values.every((number) => number === values[0])
}

function floatsOf(value: Constant): Float32Array {
  const values = value.read()
  return values instanceof Float32Array ? values : Float32Array.from(values)
}
