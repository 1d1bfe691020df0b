/** How one safetensors element type becomes float32. `decode` gets the tensor's bytes, of a length already checked. */
export interface ElementType {
  readonly bytes: number
  decode(bytes: Uint8Array): Float32Array
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

function decodeWith(
  size: number,
  read: (view: DataView, offset: number) => number,
): (bytes: Uint8Array) => Float32Array {
  return (bytes) => {
    const view = viewOf(bytes)
    const values = new Float32Array(bytes.length / size)
    for (let index = 0; index < values.length; index++) values[index] = read(view, index * size)
    return values
  }
}

/**
 * A copy, so that values can be changed without touching the file; aligned whatever the file's offsets are. Not
 * `slice`: that of a Node Buffer is a view; not `from`: that goes value by value.
 */
const copyFloat32 = (bytes: Uint8Array): Float32Array => new Float32Array(new Uint8Array(bytes).buffer)

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

const bitsToFloat = new DataView(new ArrayBuffer(4))

function bfloat16ToNumber(bits: number): number {
  bitsToFloat.setUint32(0, bits << 16)
  return bitsToFloat.getFloat32(0)
}

/** IEEE 754 half precision to a number; exact. */
export function float16ToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction ? NaN : sign * Infinity
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** Element types that can be read; anything else is refused by name. */
export const elementTypes: Readonly<Record<string, ElementType>> = {
  F32: {
    bytes: 4,
    decode: isLittleEndian ? copyFloat32 : decodeWith(4, (view, offset) => view.getFloat32(offset, true)),
  },
  F16: { bytes: 2, decode: decodeWith(2, (view, offset) => float16ToNumber(view.getUint16(offset, true))) },
  BF16: { bytes: 2, decode: decodeWith(2, (view, offset) => bfloat16ToNumber(view.getUint16(offset, true))) },
  F64: { bytes: 8, decode: decodeWith(8, (view, offset) => view.getFloat64(offset, true)) },
  I32: { bytes: 4, decode: decodeWith(4, (view, offset) => view.getInt32(offset, true)) },
  I16: { bytes: 2, decode: decodeWith(2, (view, offset) => view.getInt16(offset, true)) },
  I8: { bytes: 1, decode: decodeWith(1, (view, offset) => view.getInt8(offset)) },
  U8: { bytes: 1, decode: (bytes) => Float32Array.from(bytes) },
  BOOL: { bytes: 1, decode: (bytes) => Float32Array.from(bytes, (byte) => (byte === 0 ? 0 : 1)) },
  I64: { bytes: 8, decode: decodeWith(8, (view, offset) => Number(view.getBigInt64(offset, true))) },
}
