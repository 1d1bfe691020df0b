import { FormatError } from '../../weight-format.js'
import { decodeEntry } from './decode-entry.js'
import {
  bytesPerElement,
  elementCount,
  type ExternalData,
  type OnnxTensor,
  type OnnxTensorType,
  tensorOf,
  tensorTypeOf,
} from './onnx-tensor.js'
import {
  appendDoubles,
  appendFloats,
  appendIntegers,
  asBytes,
  asInteger,
  asString,
  readFields,
} from './protobuf-reader.js'

/** More axes or elements than any network has: refused before anything is computed from them. */
const maximumRank = 16
const maximumElements = 2 ** 31
/** `TensorProto.DataType.STRING`. */
const textType = 8

interface TensorFields {
  name: string
  code: number
  dims: number[]
  raw: Uint8Array | null
  /** `float_data`, 'int32_data', 'int64_data', `double_data` or `uint64_data`. */
  values: number[]
  location: number
  external: [string, string][]
}

/** The name and the elements of a tensor of texts, such as class labels; null for any other. */
export function decodeTexts(bytes: Uint8Array): readonly [string, readonly string[]] | null {
  const what = 'A tensor in the ONNX file'
  let [name, code] = ['', 0]
  const texts: string[] = []
  for (const field of readFields(bytes, what)) {
    if (field.field === 2) code = asInteger(field, what)
    if (field.field === 6) texts.push(asString(field, what))
    if (field.field === 8) name = asString(field, what)
  }
  return code === textType ? [name, texts] : null
}

/**
 * Reads a `TensorProto`. Throws FormatError for text or complex elements, impossible shapes, and data that doesn't fill
 * its shape.
 */
export function decodeTensor(bytes: Uint8Array): OnnxTensor {
  const fields = readTensorFields(bytes)
  const label = fields.name === '' ? 'A tensor in the ONNX file' : `Tensor "${fields.name}"`
  const type = tensorTypeOf(fields.code)
  if (type === null)
    throw new FormatError(
      `${label} has element type ${fields.code}, which is not supported. Expected numbers (float, integer or bool).`,
      'Remove text inputs from the model or convert it to float32.',
    )
  checkShape(fields.dims, label)
  return { name: fields.name, type, shape: fields.dims, data: tensorData(fields, type, label) }
}

function readTensorFields(bytes: Uint8Array): TensorFields {
  const what = 'A tensor in the ONNX file'
  const fields: TensorFields = { name: '', code: 0, dims: [], raw: null, values: [], location: 0, external: [] }
  for (const field of readFields(bytes, what)) {
    switch (field.field) {
      case 1:
        appendIntegers(fields.dims, field, what)
        break
      case 2:
        fields.code = asInteger(field, what)
        break
      case 3:
        throw new FormatError(
          'A tensor in the ONNX file is stored in segments, which is not supported.',
          'Save the model again with a current version of the onnx package.',
        )
      case 4:
        appendFloats(fields.values, field, what)
        break
      case 5:
      case 7:
      case 11:
        appendIntegers(fields.values, field, what)
        break
      case 8:
        fields.name = asString(field, what)
        break
      case 9:
        fields.raw = asBytes(field, what)
        break
      case 10:
        appendDoubles(fields.values, field, what)
        break
      case 13:
        fields.external.push(decodeEntry(asBytes(field, what), what))
        break
      case 14:
        fields.location = asInteger(field, what)
        break
    }
  }
  return fields
}

function checkShape(dims: readonly number[], label: string): void {
  const sound =
    dims.length <= maximumRank &&
    dims.every((size) => Number.isSafeInteger(size) && size >= 0) &&
    elementCount(dims) <= maximumElements
  if (!sound)
    throw new FormatError(
      `${label} has the impossible shape [${dims.slice(0, maximumRank).join(', ')}]. Expected at most ${maximumRank} sizes, none negative.`,
      'The file is damaged, export or download it again.',
    )
}

function tensorData(fields: TensorFields, type: OnnxTensorType, label: string): Uint8Array | ExternalData {
  if (fields.location === 1) return externalData(fields, label)
  const count = elementCount(fields.dims)
  const expected = count * bytesPerElement(type)
  if (fields.raw !== null && !(fields.raw.length === 0 && fields.values.length > 0)) {
    if (fields.raw.length !== expected)
      throw new FormatError(
        `${label} of shape [${fields.dims.join(', ')}] needs ${expected} bytes, but the file holds ${fields.raw.length}.`,
        'It is damaged, export or download it again.',
      )
    return fields.raw
  }
  if (fields.values.length !== count)
    throw new FormatError(
      `${label} of shape [${fields.dims.join(', ')}] needs ${count} values, but the file holds ${fields.values.length}.`,
      'It is damaged, export or download it again.',
    )
  return valueBytes(fields, type)
}

/** 16-bit floats sit bit by bit in `int32_data`. */
function valueBytes(fields: TensorFields, type: OnnxTensorType): Uint8Array {
  const stored = type === 'float16' || type === 'bfloat16' ? 'uint16' : type
  const data = tensorOf(fields.name, stored, fields.dims, fields.values).data
  return data instanceof Uint8Array ? data : new Uint8Array()
}

function externalData(fields: TensorFields, label: string): ExternalData {
  const entries = new Map(fields.external)
  const location = entries.get('location')
  const offset = Number(entries.get('offset') ?? 0)
  const length = entries.has('length') ? Number(entries.get('length')) : undefined
  const sound = (value: number): boolean => Number.isSafeInteger(value) && value >= 0
  if (location === undefined || location === '' || !sound(offset) || (length !== undefined && !sound(length))) {
    throw new FormatError(
      `${label} keeps its values in another file, but doesn't say soundly where (location "${location ?? ''}", offset ${entries.get('offset') ?? 0}, length ${entries.get('length') ?? 'absent'}).`,
      'Export the model again.',
    )
  }
  return { location, offset, ...(length === undefined ? {} : { length }) }
}
