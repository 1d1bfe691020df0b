import type { AttributeValue } from '../../../network.js'
import { type OnnxModelNode, typedAttributes } from '../onnx-model.js'
import { type OnnxTensor, type OnnxTensorType, tensorOf } from '../onnx-tensor.js'

/** ONNX nodes and constants that are laid one after the other; their values are called by a prefix, a number and the operator. */
export class NodeList {
  readonly nodes: OnnxModelNode[] = []
  readonly constants: OnnxTensor[] = []

  constructor(private readonly prefix: string) {}

  /** Gives the name of the value. */
  add(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
    output = `${this.prefix}${this.nodes.length}_${operator}`,
  ): string {
    const typed = typedAttributes(attributes)
    this.nodes.push({ name: output, operator, domain: '', inputs, outputs: [output], attributes: typed })
    return output
  }

  /** A constant; the same one again has the same name. */
  constant(type: OnnxTensorType, values: readonly number[], shape: readonly number[] = [values.length]): string {
    const tensor = tensorOf('', type, shape, values)
    const known = this.constants.find(
      (other) => other.type === type && other.shape.join() === shape.join() && sameBytes(other.data, tensor.data),
    )
    if (known !== undefined) return known.name
    const name = `${this.prefix}constant_${this.constants.length}`
    this.constants.push({ ...tensor, name })
    return name
  }
}

function sameBytes(one: OnnxTensor['data'], other: OnnxTensor['data']): boolean {
  if (!(one instanceof Uint8Array) || !(other instanceof Uint8Array) || one.length !== other.length) return false
  return one.every((byte, index) => byte === other[index])
}
