import { FormatError } from '../../weight-format.js'
import type { OnnxAttribute, OnnxGraph, OnnxModel, OnnxModelNode, OnnxValueInfo } from './onnx-model.js'
import { type ExternalData, type OnnxTensor, tensorTypeCode } from './onnx-tensor.js'
import { ProtobufWriter } from './protobuf-writer.js'

/** Field numbers below are those of onnx.proto3 (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3). */
const attributeTypes = { float: 1, int: 2, string: 3, tensor: 4, floats: 6, ints: 7, strings: 8 } as const

export interface OnnxModelEncodeOptions {
  /**
   * Write initialisers whose values lie elsewhere as references; only for a reader that is given those values beside
   * the model.
   */
  readonly keepExternal?: boolean
}

/**
 * Writes a model as the bytes of an `.onnx` file. Throws FormatError when it is over 2 GiB or holds what can only be
 * read.
 */
export function encodeOnnxModel(model: OnnxModel, { keepExternal = false }: OnnxModelEncodeOptions = {}): Uint8Array {
  const writer = new ProtobufWriter()
  writer.integer(1, model.irVersion).string(2, model.producerName).string(3, model.producerVersion)
  if (model.docString !== '') writer.string(6, model.docString)
  writer.message(7, (graph) => writeGraph(graph, model.graph, keepExternal))
  for (const { domain, version } of model.opsetImports)
    writer.message(8, (opset) => opset.string(1, domain).integer(2, version))
  for (const [key, value] of Object.entries(model.metadata))
    writer.message(14, (entry) => entry.string(1, key).string(2, value))
  return writer.finish()
}

function writeGraph(writer: ProtobufWriter, graph: OnnxGraph, keepExternal: boolean): void {
  for (const node of graph.nodes) writer.message(1, (nested) => writeNode(nested, node))
  writer.string(2, graph.name)
  for (const tensor of graph.initializers) writer.message(5, (nested) => writeTensor(nested, tensor, keepExternal))
  for (const input of graph.inputs) writer.message(11, (nested) => writeValueInfo(nested, input))
  for (const output of graph.outputs) writer.message(12, (nested) => writeValueInfo(nested, output))
}

function writeNode(writer: ProtobufWriter, node: OnnxModelNode): void {
  for (const input of node.inputs) writer.string(1, input)
  for (const output of node.outputs) writer.string(2, output)
  writer.string(3, node.name).string(4, node.operator)
  for (const [name, attribute] of Object.entries(node.attributes))
    writer.message(5, (nested) => writeAttribute(nested, name, attribute))
  if (node.domain !== '') writer.string(7, node.domain)
}

function writeAttribute(writer: ProtobufWriter, name: string, attribute: OnnxAttribute): void {
  if (attribute.kind === 'unsupported')
    throw new FormatError(
      `Attribute "${name}" is ${attribute.value}, which can't be written.`,
      'Remove this attribute.',
    )
  writer.string(1, name)
  switch (attribute.kind) {
    case 'float':
      writer.float(2, attribute.value)
      break
    case 'int':
      writer.integer(3, attribute.value)
      break
    case 'string':
      writer.string(4, attribute.value)
      break
    case 'tensor':
      writer.message(5, (nested) => writeTensor(nested, attribute.value))
      break
    case 'floats':
      writer.packedFloats(7, attribute.value)
      break
    case 'ints':
      writer.packedIntegers(8, attribute.value)
      break
    case 'strings':
      attribute.value.forEach((text) => writer.string(9, text))
      break
  }
  writer.integer(20, attributeTypes[attribute.kind])
}

function writeTensor(writer: ProtobufWriter, tensor: OnnxTensor, keepExternal = false): void {
  if (!(tensor.data instanceof Uint8Array) && !keepExternal)
    throw new FormatError(
      `Tensor "${tensor.name}" keeps its values in another file and can't be written.`,
      'Read them first.',
    )
  writer.packedIntegers(1, tensor.shape).integer(2, tensorTypeCode(tensor.type))
  if (tensor.name !== '') writer.string(8, tensor.name)
  if (tensor.data instanceof Uint8Array) writer.bytes(9, tensor.data)
  else writeLocation(writer, tensor.data)
}

/** Where values lie outside the model. */
function writeLocation(writer: ProtobufWriter, { location, offset, length }: ExternalData): void {
  const entries = { location, offset: String(offset), ...(length === undefined ? {} : { length: String(length) }) }
  for (const [key, value] of Object.entries(entries))
    writer.message(13, (entry) => entry.string(1, key).string(2, value))
  writer.integer(14, 1)
}

function writeValueInfo(writer: ProtobufWriter, { name, type, shape }: OnnxValueInfo): void {
  writer.string(1, name)
  if (type === null) return
  writer.message(2, (nested) =>
    nested.message(1, (tensor) => {
      tensor.integer(1, tensorTypeCode(type))
      if (shape === null) return
      tensor.message(2, (dimensions) => {
        for (const size of shape)
          dimensions.message(1, (entry) => (typeof size === 'number' ? entry.integer(1, size) : entry.string(2, size)))
      })
    }),
  )
}
