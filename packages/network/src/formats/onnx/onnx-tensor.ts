import { FormatError } from '../../weight-format.js'

/**
 * Element types with their number in `TensorProto.DataType` and their size in bytes; text and complex numbers are not
 * represented.
 */
const tensorTypes = {
  float32: { code: 1, bytes: 4 },
  uint8: { code: 2, bytes: 1 },
  int8: { code: 3, bytes: 1 },
  uint16: { code: 4, bytes: 2 },
  int16: { code: 5, bytes: 2 },
  int32: { code: 6, bytes: 4 },
  int64: { code: 7, bytes: 8 },
  bool: { code: 9, bytes: 1 },
  float16: { code: 10, bytes: 2 },
  float64: { code: 11, bytes: 8 },
  uint32: { code: 12, bytes: 4 },
  uint64: { code: 13, bytes: 8 },
  bfloat16: { code: 16, bytes: 2 },
} as const

export type OnnxTensorType = keyof typeof tensorTypes

/** A constant tensor: little-endian, row-major bytes, or where to find them in a file beside the model. */
export interface OnnxTensor {
  readonly name: string
  readonly type: OnnxTensorType
  readonly shape: readonly number[]
  readonly data: Uint8Array | ExternalData
  /** The bytes are in memory of their own that no one else changes: values may be a view of them instead of a copy. */
  readonly ownsData?: boolean
}

/** Bytes in another file; `location` is relative to the model's directory and not yet checked. */
export interface ExternalData {
  readonly location: string
  readonly offset: number
  /** Absent: to the end of the file. */
  readonly length?: number
}

export function tensorTypeCode(type: OnnxTensorType): number {
  return tensorTypes[type].code
}

/** The element type of a `TensorProto.DataType` number, or null when it isn't one of ours. */
export function tensorTypeOf(code: number): OnnxTensorType | null {
  const found = Object.entries(tensorTypes).find(([, entry]) => entry.code === code)
  return found === undefined ? null : (found[0] as OnnxTensorType)
}

export function bytesPerElement(type: OnnxTensorType): number {
  return tensorTypes[type].bytes
}

/** Number of elements of a shape; 1 for a scalar. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1)
}

/** A float32 tensor over the given values (not copied). */
export function float32Tensor(name: string, shape: readonly number[], values: Float32Array): OnnxTensor {
  return { name, type: 'float32', shape, data: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) }
}

/** A tensor of another element type from plain numbers; int64 beyond 2^53 saturates at the largest int64. */
export function tensorOf(
  name: string,
  type: OnnxTensorType,
  shape: readonly number[],
  values: readonly number[],
): OnnxTensor {
  const size = bytesPerElement(type)
  const data = new Uint8Array(values.length * size)
  const view = new DataView(data.buffer)
  values.forEach((value, index) => writeElement(view, index * size, type, value))
  return { name, type, shape, data }
}

/** The elements of a tensor as doubles. Throws FormatError when its bytes are still in another file. */
export function tensorValues(tensor: OnnxTensor): Float64Array {
  const data = inlineBytes(tensor)
  const size = bytesPerElement(tensor.type)
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  return Float64Array.from({ length: elementCount(tensor.shape) }, (_, index) =>
    readElement(view, index * size, tensor.type),
  )
}

/**
 * The elements of a tensor as float32, in memory that no one else changes. Throws FormatError when its bytes are still in another
 * file.
 */
export function tensorFloats(tensor: OnnxTensor): Float32Array {
  if (tensor.type !== 'float32') return Float32Array.from(tensorValues(tensor))
  if (tensor.ownsData === true && tensor.data instanceof Uint8Array && tensor.data.byteOffset % 4 === 0)
    return new Float32Array(tensor.data.buffer, tensor.data.byteOffset, elementCount(tensor.shape))
  const values = new Float32Array(elementCount(tensor.shape))
  new Uint8Array(values.buffer).set(inlineBytes(tensor))
  return values
}

function inlineBytes(tensor: OnnxTensor): Uint8Array {
  if (tensor.data instanceof Uint8Array) return tensor.data
  throw new FormatError(
    `Tensor "${tensor.name}" keeps its values in the file "${tensor.data.location}".`,
    'Open the directory that holds both files instead of the .onnx file alone.',
  )
}

function readElement(view: DataView, offset: number, type: OnnxTensorType): number {
  switch (type) {
    case 'float32':
      return view.getFloat32(offset, true)
    case 'float64':
      return view.getFloat64(offset, true)
    case 'float16':
      return halfToNumber(view.getUint16(offset, true))
    case 'bfloat16':
      return bfloatToNumber(view.getUint16(offset, true))
    case 'int64':
      return Number(view.getBigInt64(offset, true))
    case 'uint64':
      return Number(view.getBigUint64(offset, true))
    case 'int32':
      return view.getInt32(offset, true)
    case 'uint32':
      return view.getUint32(offset, true)
    case 'int16':
      return view.getInt16(offset, true)
    case 'uint16':
      return view.getUint16(offset, true)
    case 'int8':
      return view.getInt8(offset)
    case 'uint8':
      return view.getUint8(offset)
    case 'bool':
      return view.getUint8(offset) === 0 ? 0 : 1
  }
}

function writeElement(view: DataView, offset: number, type: OnnxTensorType, value: number): void {
  switch (type) {
    case 'float32':
      return view.setFloat32(offset, value, true)
    case 'float64':
      return view.setFloat64(offset, value, true)
    case 'int64':
      return view.setBigInt64(offset, toInt64(value), true)
    case 'uint64':
      return view.setBigUint64(offset, BigInt(Math.trunc(value)), true)
    case 'int32':
      return view.setInt32(offset, value, true)
    case 'uint32':
      return view.setUint32(offset, value, true)
    case 'int16':
      return view.setInt16(offset, value, true)
    case 'uint16':
      return view.setUint16(offset, value, true)
    case 'int8':
      return view.setInt8(offset, value)
    case 'uint8':
      return view.setUint8(offset, value)
    case 'bool':
      return view.setUint8(offset, value === 0 ? 0 : 1)
    case 'float16':
    case 'bfloat16':
      throw new FormatError(`A ${type} tensor can be read but not written.`, 'Write float32 instead.')
  }
}

function toInt64(value: number): bigint {
  if (value >= 2 ** 63) return 2n ** 63n - 1n
  return value < -(2 ** 63) ? -(2n ** 63n) : BigInt(Math.trunc(value))
}

function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

function bfloatToNumber(bits: number): number {
  const view = new DataView(new ArrayBuffer(4))
  view.setUint32(0, bits * 65536)
  return view.getFloat32(0)
}
