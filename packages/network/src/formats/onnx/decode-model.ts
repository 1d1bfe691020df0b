import { FormatError } from '../../weight-format.js'
import { checkStructure } from './check-structure.js'
import { decodeEntry } from './decode-entry.js'
import { decodeTensor, decodeTexts } from './decode-tensor.js'
import type { OnnxAttribute, OnnxGraph, OnnxModel, OnnxModelNode, OnnxOpset, OnnxValueInfo } from './onnx-model.js'
import { type OnnxTensor, type OnnxTensorType, tensorTypeOf } from './onnx-tensor.js'
import { appendFloats, appendIntegers, asBytes, asFloat, asInteger, asString, readFields } from './protobuf-reader.js'

/**
 * Reads the bytes of an `.onnx` file. Weights stay views into `bytes`. Throws FormatError when the bytes are not an
 * ONNX model, are damaged, or declare more data than they hold; never follows external data (see
 * `resolveExternalData`).
 */
export function decodeOnnxModel(bytes: Uint8Array): OnnxModel {
  checkStructure(bytes)
  const what = 'The ONNX file'
  let [irVersion, producerName, producerVersion, docString] = [0, '', '', '']
  let graph: OnnxGraph | null = null
  const opsetImports: OnnxOpset[] = []
  const metadata: [string, string][] = []
  for (const field of readFields(bytes, what)) {
    switch (field.field) {
      case 1:
        irVersion = asInteger(field, what)
        break
      case 2:
        producerName = asString(field, what)
        break
      case 3:
        producerVersion = asString(field, what)
        break
      case 6:
        docString = asString(field, what)
        break
      case 7:
        graph = decodeGraph(asBytes(field, what))
        break
      case 8:
        opsetImports.push(decodeOpset(asBytes(field, what)))
        break
      case 14:
        metadata.push(decodeEntry(asBytes(field, what), 'A metadata entry'))
        break
    }
  }
  if (graph === null)
    throw new FormatError(
      'The file holds no ONNX graph. Expected an .onnx model.',
      'Check that the download is complete and is not a web page or a Git LFS pointer.',
    )
  return {
    irVersion,
    producerName,
    producerVersion,
    docString,
    opsetImports,
    metadata: Object.fromEntries(metadata),
    graph,
  }
}

function decodeOpset(bytes: Uint8Array): OnnxOpset {
  const what = 'The opset import'
  let [domain, version] = ['', 0]
  for (const field of readFields(bytes, what)) {
    if (field.field === 1) domain = asString(field, what)
    if (field.field === 2) version = asInteger(field, what)
  }
  return { domain: domain === 'ai.onnx' ? '' : domain, version }
}

function decodeGraph(bytes: Uint8Array): OnnxGraph {
  const what = 'The ONNX graph'
  let name = ''
  const nodes: OnnxModelNode[] = []
  const initializers: OnnxTensor[] = []
  const texts: (readonly [string, readonly string[]])[] = []
  const [inputs, outputs]: [OnnxValueInfo[], OnnxValueInfo[]] = [[], []]
  for (const field of readFields(bytes, what)) {
    switch (field.field) {
      case 1:
        nodes.push(decodeNode(asBytes(field, what)))
        break
      case 2:
        name = asString(field, what)
        break
      case 5: {
        const text = decodeTexts(asBytes(field, what))
        if (text === null) initializers.push(decodeTensor(asBytes(field, what)))
        else texts.push(text)
        break
      }
      case 11:
        inputs.push(decodeValueInfo(asBytes(field, what)))
        break
      case 12:
        outputs.push(decodeValueInfo(asBytes(field, what)))
        break
      case 15:
        throw new FormatError(
          'The ONNX graph holds sparse initialisers, which are not supported.',
          'Export the model with dense weights.',
        )
    }
  }
  return { name, nodes, initializers, inputs, outputs, ...(texts.length > 0 && { texts: Object.fromEntries(texts) }) }
}

function decodeNode(bytes: Uint8Array): OnnxModelNode {
  const what = 'An ONNX node'
  let [name, operator, domain] = ['', '', '']
  const [inputs, outputs]: [string[], string[]] = [[], []]
  const attributes: [string, OnnxAttribute][] = []
  for (const field of readFields(bytes, what)) {
    switch (field.field) {
      case 1:
        inputs.push(asString(field, what))
        break
      case 2:
        outputs.push(asString(field, what))
        break
      case 3:
        name = asString(field, what)
        break
      case 4:
        operator = asString(field, what)
        break
      case 5:
        attributes.push(decodeAttribute(asBytes(field, what)))
        break
      case 7:
        domain = asString(field, what)
        break
    }
  }
  return {
    name,
    operator,
    domain: domain === 'ai.onnx' ? '' : domain,
    inputs,
    outputs,
    attributes: Object.fromEntries(attributes),
  }
}

interface AttributeFields {
  name: string
  type: number
  float: number
  int: number
  text: string
  tensor: OnnxTensor | null
  floats: number[]
  ints: number[]
  texts: string[]
  seen: Set<number>
}

function decodeAttribute(bytes: Uint8Array): [string, OnnxAttribute] {
  const what = 'An attribute of an ONNX node'
  const fields: AttributeFields = {
    name: '',
    type: 0,
    float: 0,
    int: 0,
    text: '',
    tensor: null,
    floats: [],
    ints: [],
    texts: [],
    seen: new Set(),
  }
  for (const field of readFields(bytes, what)) {
    fields.seen.add(field.field)
    switch (field.field) {
      case 1:
        fields.name = asString(field, what)
        break
      case 2:
        fields.float = asFloat(field, what)
        break
      case 3:
        fields.int = asInteger(field, what)
        break
      case 4:
        fields.text = asString(field, what)
        break
      case 5:
        fields.tensor = decodeTensor(asBytes(field, what))
        break
      case 7:
        appendFloats(fields.floats, field, what)
        break
      case 8:
        appendIntegers(fields.ints, field, what)
        break
      case 9:
        fields.texts.push(asString(field, what))
        break
      case 20:
        fields.type = asInteger(field, what)
        break
    }
  }
  return [fields.name, toAttribute(fields)]
}

/** `AttributeProto.type` by number; IR version 1 files leave it out, then the field that is there tells. */
function toAttribute(fields: AttributeFields): OnnxAttribute {
  const typeByField: Readonly<Record<number, number>> = { 2: 1, 3: 2, 4: 3, 5: 4, 7: 6, 8: 7, 9: 8 }
  const type =
    fields.type !== 0
      ? fields.type
      : [...fields.seen].map((field) => typeByField[field] ?? 0).find((candidate) => candidate !== 0)
  if (fields.seen.has(21)) return { kind: 'unsupported', value: 'a reference to a function attribute' }
  switch (type) {
    case 1:
      return { kind: 'float', value: fields.float }
    case 2:
      return { kind: 'int', value: fields.int }
    case 3:
      return { kind: 'string', value: fields.text }
    case 4:
      return fields.tensor === null
        ? { kind: 'unsupported', value: 'an empty tensor' }
        : { kind: 'tensor', value: fields.tensor }
    case 5:
      return { kind: 'unsupported', value: 'a graph' }
    case 6:
      return { kind: 'floats', value: fields.floats }
    case 7:
      return { kind: 'ints', value: fields.ints }
    case 8:
      return { kind: 'strings', value: fields.texts }
    default:
      return { kind: 'unsupported', value: `of type ${type ?? 'unknown'}` }
  }
}

function decodeValueInfo(bytes: Uint8Array): OnnxValueInfo {
  const what = 'The description of a graph input or output'
  let name = ''
  let type: Pick<OnnxValueInfo, 'type' | 'shape'> = { type: null, shape: null }
  for (const field of readFields(bytes, what)) {
    if (field.field === 1) name = asString(field, what)
    if (field.field === 2) type = decodeType(asBytes(field, what), what)
  }
  return { name, ...type }
}

function decodeType(bytes: Uint8Array, what: string): Pick<OnnxValueInfo, 'type' | 'shape'> {
  let elementType: OnnxTensorType | null = null
  let shape: (number | string)[] | null = null
  for (const field of readFields(bytes, what)) {
    if (field.field !== 1) continue
    for (const inner of readFields(asBytes(field, what), what)) {
      if (inner.field === 1) elementType = tensorTypeOf(asInteger(inner, what))
      if (inner.field === 2) shape = decodeShape(asBytes(inner, what), what)
    }
  }
  return { type: elementType, shape }
}

function decodeShape(bytes: Uint8Array, what: string): (number | string)[] {
  const shape: (number | string)[] = []
  for (const field of readFields(bytes, what)) {
    if (field.field !== 1) continue
    let size: number | string = '?'
    for (const inner of readFields(asBytes(field, what), what)) {
      if (inner.field === 1) size = asInteger(inner, what)
      if (inner.field === 2) size = asString(inner, what)
    }
    shape.push(size)
  }
  return shape
}
