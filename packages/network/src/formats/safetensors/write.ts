import type { Tensors } from '../../network.js'

/** A tensor as it is stored: float32, or whole numbers of 64 bits. */
export interface StoredTensor {
  readonly shape: readonly number[]
  readonly data: Float32Array | BigInt64Array
}

/**
 * Encodes tensors as a safetensors file (F32, sorted by name, so that equal tensors give equal bytes).
 * @param metadata free text, by key, for the header
 */
export function writeSafetensors(tensors: Tensors, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  return encodeSafetensors(tensors, metadata)
}

/** The same for tensors of which some are whole numbers (I64). */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const sorted = [...tensors].sort(([one], [other]) => (one < other ? -1 : 1))
  const entries: [string, unknown][] = Object.keys(metadata).length ? [['__metadata__', metadata]] : []
  let position = 0
  for (const [name, { shape, data }] of sorted) {
    const end = position + data.byteLength
    entries.push([name, { dtype: data instanceof Float32Array ? 'F32' : 'I64', shape, data_offsets: [position, end] }])
    position = end
  }
  const header = paddedHeader(Object.fromEntries(entries))
  const file = new Uint8Array(8 + header.length + position)
  const view = new DataView(file.buffer)
  view.setBigUint64(0, BigInt(header.length), true)
  file.set(header, 8)
  let offset = 8 + header.length
  for (const [, { data }] of sorted) offset = writeValues(view, offset, data)
  return file
}

/** Spaces at its end align the data to 8 bytes, as the reference implementation does. */
function paddedHeader(header: unknown): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(header))
  const padded = new Uint8Array(Math.ceil(text.length / 8) * 8).fill(0x20)
  padded.set(text)
  return padded
}

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

function writeValues(view: DataView, offset: number, data: Float32Array | BigInt64Array): number {
  if (isLittleEndian)
    new Uint8Array(view.buffer).set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset)
  else
    data.forEach((value: number | bigint, index: number) =>
      typeof value === 'bigint'
        ? view.setBigInt64(offset + index * 8, value, true)
        : view.setFloat32(offset + index * 4, value, true),
    )
  return offset + data.byteLength
}
