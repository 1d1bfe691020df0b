import { FormatError } from '../../weight-format.js'

/** Messages, texts and numbers of their own in one file; the largest networks of images have half a million. */
export const mostFields = 2_000_000
/** Bytes of packed integers, each of which takes eight in memory. */
const mostIntegerBytes = 32 * 2 ** 20

/** Which fields of a message are messages that are looked into, and which are packed integers. */
interface MessageKind {
  readonly inner: Readonly<Record<number, MessageKind>>
  readonly integers: readonly number[]
}

const tensor: MessageKind = { inner: {}, integers: [1, 5, 7, 11] }
const attribute: MessageKind = { inner: { 5: tensor }, integers: [8] }
const node: MessageKind = { inner: { 5: attribute }, integers: [] }
const graph: MessageKind = { inner: { 1: node, 5: tensor }, integers: [] }
const model: MessageKind = { inner: { 7: graph }, integers: [] }

/**
 * Refuses an ONNX file that is small on disk and huge in memory: a message of two bytes becomes an object of hundreds.
 * Counts without keeping anything, and leaves damage to the decoder. Throws FormatError.
 */
export function checkStructure(bytes: Uint8Array): void {
  const counted = { fields: 0, integerBytes: 0 }
  count(bytes, 0, bytes.length, model, counted)
  if (counted.fields <= mostFields && counted.integerBytes <= mostIntegerBytes) return
  throw new FormatError(
    counted.fields > mostFields
      ? `The ONNX file lists more than ${mostFields} nodes, names and settings, which no network of images has.`
      : `The ONNX file lists more than ${mostIntegerBytes / 2 ** 20} MB of whole numbers, which no network of images has.`,
    'Use the float32 version of the model, exported again; a quantised one keeps its weights as whole numbers.',
  )
}

function count(
  bytes: Uint8Array,
  from: number,
  to: number,
  kind: MessageKind,
  counted: { fields: number; integerBytes: number },
): void {
  const cursor = { bytes, position: from, end: to }
  while (cursor.position < to && counted.fields <= mostFields && counted.integerBytes <= mostIntegerBytes) {
    const key = varint(cursor)
    const field = Math.floor(key / 8)
    counted.fields++
    switch (key % 8) {
      case 0:
        varint(cursor)
        break
      case 1:
        cursor.position += 8
        break
      case 2: {
        const length = varint(cursor)
        const end = cursor.position + length
        if (!(end <= to)) return
        const inner = kind.inner[field]
        if (inner !== undefined) count(bytes, cursor.position, end, inner, counted)
        if (kind.integers.includes(field)) counted.integerBytes += length
        cursor.position = end
        break
      }
      case 5:
        cursor.position += 4
        break
      default:
        return
    }
  }
}

/** A number of up to ten bytes; beyond 2^53 it is only roughly right, and then too long for anything. */
function varint(cursor: { readonly bytes: Uint8Array; position: number; readonly end: number }): number {
  let value = 0
  let scale = 1
  for (let digits = 0; digits < 10 && cursor.position < cursor.end; digits++) {
    const byte = cursor.bytes[cursor.position++] ?? 0
    value += (byte & 127) * scale
    if (byte < 128) return value
    scale *= 128
  }
  return Number.POSITIVE_INFINITY
}
