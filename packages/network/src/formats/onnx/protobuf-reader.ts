import { FormatError } from '../../weight-format.js'

/** One field of a message; `value` of a length-delimited field is a view into the file, not a copy. */
export interface ProtobufField {
  readonly field: number
  readonly value: number | bigint | Uint8Array
  /** Width of a fixed-size value, absent for varints and length-delimited fields. */
  readonly wire: 'varint' | 'fixed64' | 'bytes' | 'fixed32'
}

const wireNames: Readonly<Record<number, ProtobufField['wire']>> = {
  0: 'varint',
  1: 'fixed64',
  2: 'bytes',
  5: 'fixed32',
}

/**
 * Iterates over the fields of one message. Every read is bounds-checked; groups (wire types 3 and 4), field number 0
 * and lengths beyond the message's end throw FormatError. Fixed-width values come as their bits: `fixed32` as a number,
 * `fixed64` as a bigint.
 */
export function* readFields(bytes: Uint8Array, what: string): Generator<ProtobufField> {
  const cursor: Cursor = {
    bytes,
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    position: 0,
    what,
  }
  while (cursor.position < bytes.length) {
    const key = readVarint(cursor)
    const field = Number(key >> 3n)
    const wire = wireNames[Number(key & 7n)]
    if (field === 0 || field > 536_870_911 || wire === undefined)
      throw damaged(what, `an impossible field (key ${key})`, cursor.position)
    yield { field, wire, value: readValue(cursor, wire) }
  }
}

interface Cursor {
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly what: string
  position: number
}

function readValue(cursor: Cursor, wire: ProtobufField['wire']): number | bigint | Uint8Array {
  if (wire === 'varint') return readVarint(cursor)
  if (wire === 'bytes') return take(cursor, readVarint(cursor))
  const start = cursor.position
  take(cursor, wire === 'fixed32' ? 4n : 8n)
  return wire === 'fixed32' ? cursor.view.getUint32(start, true) : cursor.view.getBigUint64(start, true)
}

function take(cursor: Cursor, length: bigint): Uint8Array {
  const left = cursor.bytes.length - cursor.position
  if (length > BigInt(left))
    throw damaged(cursor.what, `a length of ${length} where ${left} bytes are left`, cursor.position)
  const start = cursor.position
  cursor.position += Number(length)
  return cursor.bytes.subarray(start, cursor.position)
}

function readVarint(cursor: Cursor): bigint {
  let result = 0n
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = cursor.bytes[cursor.position]
    if (byte === undefined) throw damaged(cursor.what, 'a number cut off at its end', cursor.position)
    cursor.position++
    result |= BigInt(byte & 127) << shift
    if (byte < 128) return BigInt.asUintN(64, result)
  }
  throw damaged(cursor.what, 'a number longer than 10 bytes', cursor.position)
}

function damaged(what: string, found: string, position: number): FormatError {
  return new FormatError(
    `${what} is damaged: it contains ${found} (byte ${position} of this part). Expected an ONNX protocol-buffer file.`,
    'Export or download it again.',
  )
}

/**
 * A varint field as a signed integer; beyond 2^53 it is the nearest double. Throws FormatError on another wire type.
 */
export function asInteger(field: ProtobufField, what: string): number {
  if (typeof field.value !== 'bigint' || field.wire !== 'varint') throw wrongType(field, 'an integer', what)
  return Number(BigInt.asIntN(64, field.value))
}

/** A float field. Throws FormatError on another wire type. */
export function asFloat(field: ProtobufField, what: string): number {
  if (field.wire !== 'fixed32') throw wrongType(field, 'a float', what)
  const bits = new DataView(new ArrayBuffer(4))
  bits.setUint32(0, Number(field.value), true)
  return bits.getFloat32(0, true)
}

/** A length-delimited field's bytes, as a view. Throws FormatError on another wire type. */
export function asBytes(field: ProtobufField, what: string): Uint8Array {
  if (!(field.value instanceof Uint8Array)) throw wrongType(field, 'text, bytes or a nested message', what)
  return field.value
}

/** A text field; invalid UTF-8 becomes replacement characters. */
export function asString(field: ProtobufField, what: string): string {
  return new TextDecoder().decode(asBytes(field, what))
}

/** Appends a repeated integer field, packed or not. */
export function appendIntegers(target: number[], field: ProtobufField, what: string): void {
  if (field.wire !== 'bytes') return void target.push(asInteger(field, what))
  const bytes = asBytes(field, what)
  const cursor: Cursor = {
    bytes,
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    position: 0,
    what,
  }
  while (cursor.position < bytes.length) target.push(Number(BigInt.asIntN(64, readVarint(cursor))))
}

/** Appends a repeated float field, packed or not. */
export function appendFloats(target: number[], field: ProtobufField, what: string): void {
  if (field.wire !== 'bytes') return void target.push(asFloat(field, what))
  const bytes = asBytes(field, what)
  if (bytes.length % 4 !== 0) throw wrongType(field, 'whole floats', what)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let offset = 0; offset < bytes.length; offset += 4) target.push(view.getFloat32(offset, true))
}

/** Appends a repeated double field, packed or not. */
export function appendDoubles(target: number[], field: ProtobufField, what: string): void {
  const bytes =
    field.wire === 'fixed64' && typeof field.value === 'bigint'
      ? new Uint8Array(new BigUint64Array([field.value]).buffer)
      : asBytes(field, what)
  if (bytes.length % 8 !== 0) throw wrongType(field, 'whole doubles', what)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let offset = 0; offset < bytes.length; offset += 8) target.push(view.getFloat64(offset, true))
}

function wrongType(field: ProtobufField, expected: string, what: string): FormatError {
  return new FormatError(
    `${what} is damaged: field ${field.field} has wire type ${field.wire}, expected ${expected}. It may not be an ONNX file.`,
    'Export or download it again.',
  )
}
