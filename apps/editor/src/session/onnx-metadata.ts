/** Wire types of protocol buffers, as far as they occur. */
const varint = 0
const fixed64 = 1
const lengthDelimited = 2
const fixed32 = 5

/** ModelProto.metadata_props, and key and value of its entries (onnx.proto). */
const metadataProps = 14
const entryKey = 1
const entryValue = 2

const largestEntry = 20_000_000

/**
 * The value that an ONNX file holds in its metadata under a key, or null. Walks the outermost fields only: weights are
 * stepped over, nothing is executed, and bytes that aren't a model end the walk. The network package reads whole
 * models; the editor knows nothing of it and needs this one field, without a server.
 */
export function onnxMetadata(bytes: Uint8Array, key: string): string | null {
  for (const field of fieldsOf(bytes)) {
    if (field.number !== metadataProps || field.bytes === null || field.bytes.length > largestEntry) continue
    const entry = [...fieldsOf(field.bytes)]
    const text = (number: number): string | null => {
      const found = entry.find((part) => part.number === number)?.bytes
      return found === undefined || found === null ? null : new TextDecoder().decode(found)
    }
    if (text(entryKey) === key) return text(entryValue)
  }
  return null
}

interface Field {
  readonly number: number
  /** Null for numbers. */
  readonly bytes: Uint8Array | null
}

function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  for (let offset = 0; offset < bytes.length; ) {
    const tag = readVarint(bytes, offset)
    if (tag === null) return
    const number = Math.floor(tag.value / 8)
    const type = tag.value % 8
    offset = tag.end
    if (type === lengthDelimited) {
      const length = readVarint(bytes, offset)
      if (length === null || length.end + length.value > bytes.length) return
      yield { number, bytes: bytes.subarray(length.end, length.end + length.value) }
      offset = length.end + length.value
    } else {
      const end =
        type === varint
          ? readVarint(bytes, offset)?.end
          : type === fixed64
            ? offset + 8
            : type === fixed32
              ? offset + 4
              : undefined
      if (end === undefined) return
      yield { number, bytes: null }
      offset = end
    }
  }
}

/**
 * Up to 10 bytes, 7 bits each. Values above 2^53 lose their lowest bits, which only ever happens to numbers that are
 * stepped over.
 */
function readVarint(bytes: Uint8Array, start: number): { readonly value: number; readonly end: number } | null {
  let value = 0
  for (let index = 0; index < 10; index++) {
    const byte = bytes[start + index]
    if (byte === undefined) return null
    value += (byte & 0x7f) * 2 ** (7 * index)
    if (byte < 0x80) return { value, end: start + index + 1 }
  }
  return null
}
