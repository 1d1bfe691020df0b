import type { AttributeValue } from '../../../network.js'
import { FormatError } from '../../../weight-format.js'
import type { OnnxAttribute, OnnxModelNode } from '../onnx-model.js'
import type { OnnxTensor } from '../onnx-tensor.js'
import type { Constant, GraphValue, LayerValue } from './graph-value.js'

/** One ONNX node being imported, with its inputs resolved; accessors throw FormatError naming the node. */
export class NodeCall {
  constructor(
    readonly node: OnnxModelNode,
    /** Resolved inputs by position; null where an optional one is left out. */
    readonly inputs: readonly (GraphValue | null)[],
    readonly opset: number,
  ) {}

  get label(): string {
    return `node "${this.node.name === '' ? (this.node.outputs[0] ?? '') : this.node.name}" (${this.node.operator}, opset ${this.opset})`
  }

  /** An error about this node. `problem` completes "The node ... "; `fix` is a sentence. */
  refuse(problem: string, fix: string): FormatError {
    return new FormatError(`The ONNX ${this.label} ${problem}.`, fix)
  }

  /** Data input computed by a layer. */
  layer(index: number): LayerValue {
    const value = this.inputs[index]
    if (value?.kind === 'layer') return value
    const found = value === undefined || value === null ? 'is missing' : `"${this.node.inputs[index]}" is a constant`
    throw this.refuse(
      `cannot be represented: its input ${index + 1} ${found}, expected a value computed from the image`,
      'Simplify the model (for example with onnxsim) or cut it before this node.',
    )
  }

  /** A constant input, or null when it is left out. */
  constant(index: number): Constant | null {
    const value = this.inputs[index] ?? null
    if (value === null || value.kind === 'constant') return value
    throw this.refuse(
      `cannot be represented: its input ${index + 1} "${this.node.inputs[index]}" is computed from the image, expected a constant`,
      'Simplify the model (for example with onnxsim) or cut it before this node.',
    )
  }

  /** A constant input that must be there. */
  required(index: number): Constant {
    const value = this.constant(index)
    if (value !== null) return value
    throw this.refuse(`has no input ${index + 1}`, 'Expected it by the ONNX standard; export the model again.')
  }

  has(attribute: string): boolean {
    return this.node.attributes[attribute] !== undefined
  }

  /** An integer attribute. */
  integer(name: string, standard: number): number {
    const attribute = this.node.attributes[name]
    if (attribute === undefined) return standard
    if (attribute.kind === 'int') return attribute.value
    throw this.wrongKind(name, 'an integer', attribute)
  }

  /** A float attribute, as the shortest decimal that is the same float32 (1e-5, not 0.00000999999974). */
  float(name: string, standard: number): number {
    const attribute = this.node.attributes[name]
    if (attribute === undefined) return standard
    if (attribute.kind === 'float' || attribute.kind === 'int') return shortest(attribute.value)
    throw this.wrongKind(name, 'a float', attribute)
  }

  text(name: string, standard: string): string {
    const attribute = this.node.attributes[name]
    if (attribute === undefined) return standard
    if (attribute.kind === 'string') return attribute.value
    throw this.wrongKind(name, 'text', attribute)
  }

  /** A list attribute, or null when absent. */
  list(name: string): readonly number[] | null {
    const attribute = this.node.attributes[name]
    if (attribute === undefined) return null
    if (attribute.kind === 'ints' || attribute.kind === 'floats') return attribute.value
    throw this.wrongKind(name, 'a list of numbers', attribute)
  }

  tensor(name: string): OnnxTensor | null {
    const attribute = this.node.attributes[name]
    if (attribute === undefined) return null
    if (attribute.kind === 'tensor') return attribute.value
    throw this.wrongKind(name, 'a tensor', attribute)
  }

  /** A list that moved from an attribute to an input in a later opset; null when given in neither way. */
  listOrInput(name: string, index: number): readonly number[] | null {
    return this.list(name) ?? (this.inputs[index] ? [...this.required(index).read()] : null)
  }

  /** Plain attributes of these names, as far as the node has them. */
  attributes(names: readonly string[]): Record<string, AttributeValue> {
    const present = names.filter((name) => this.has(name))
    return Object.fromEntries(present.map((name) => [name, this.plain(name)]))
  }

  private plain(name: string): AttributeValue {
    const attribute = this.node.attributes[name]
    if (attribute?.kind === 'float') return shortest(attribute.value)
    if (attribute?.kind === 'int' || attribute?.kind === 'string') return attribute.value
    return this.list(name) ?? []
  }

  private wrongKind(name: string, expected: string, found: OnnxAttribute): FormatError {
    return this.refuse(
      `has attribute "${name}" of kind ${found.kind}, expected ${expected}`,
      'The file is damaged or was written wrongly; export the model again.',
    )
  }
}

/** The decimal of at most 7 digits that rounds to this float32, if there is one. */
export function shortest(value: number): number {
  const short = Number(value.toPrecision(7))
  return Math.fround(short) === Math.fround(value) ? short : value
}
