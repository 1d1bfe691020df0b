import { FormatError } from '../../weight-format.js'

export interface ZipEntry {
  readonly name: string
  readonly bytes: Uint8Array
}

const alignment = 64

/**
 * A zip file whose entries are stored as they are, each beginning at a multiple of 64 bytes, as PyTorch writes them.
 * The same entries give the same bytes. Throws FormatError over 4 GB, where the older layout of zip files ends.
 */
export function writeZip(entries: readonly ZipEntry[]): Uint8Array {
  const parts: Uint8Array[] = []
  const directory: Uint8Array[] = []
  let at = 0
  for (const entry of entries) {
    const name = new TextEncoder().encode(entry.name)
    const sum = crc32(entry.bytes)
    const used = at + 30 + name.length + 4
    const padding = (alignment - (used % alignment)) % alignment
    directory.push(centralHeader(name, entry.bytes.length, sum, at))
    parts.push(localHeader(name, entry.bytes.length, sum, padding), entry.bytes)
    at = used + padding + entry.bytes.length
  }
  const length = directory.reduce((size, part) => size + part.length, 0)
  if (at + length + 22 >= 2 ** 32)
    throw new FormatError(
      `The file would have ${(at / 1e9).toFixed(1)} GB, more than a zip file of the usual kind holds (4 GB).`,
      'Export as safetensors.',
    )
  return joined([...parts, ...directory, endOf(entries.length, length, at)])
}

function localHeader(name: Uint8Array, size: number, sum: number, padding: number): Uint8Array {
  const bytes = new Uint8Array(30 + name.length + 4 + padding)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, 0x04034b50, true)
  writeFacts(view, 4, name, size, sum)
  view.setUint16(28, 4 + padding, true)
  bytes.set(name, 30)
  // An extra field of PyTorch's own kind, "FB", which holds nothing but padding.
  view.setUint16(30 + name.length, 0x4246, true)
  view.setUint16(32 + name.length, padding, true)
  return bytes
}

function centralHeader(name: Uint8Array, size: number, sum: number, at: number): Uint8Array {
  const bytes = new Uint8Array(46 + name.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, 0x02014b50, true)
  writeFacts(view, 6, name, size, sum)
  view.setUint32(42, at, true)
  bytes.set(name, 46)
  return bytes
}

/** What both headers say: version, whether the name is UTF-8, stored, midnight of 1 January 1980, checksum, sizes. */
function writeFacts(view: DataView, at: number, name: Uint8Array, size: number, sum: number): void {
  view.setUint16(at, 20, true)
  if (name.some((byte) => byte > 127)) view.setUint16(at + 2, 1 << 11, true)
  view.setUint16(at + 8, (1 << 5) | 1, true)
  view.setUint32(at + 10, sum, true)
  view.setUint32(at + 14, size, true)
  view.setUint32(at + 18, size, true)
  view.setUint16(at + 22, name.length, true)
  if (at === 6) view.setUint16(4, 20, true)
}

function endOf(count: number, length: number, at: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(22))
  view.setUint32(0, 0x06054b50, true)
  view.setUint16(8, count, true)
  view.setUint16(10, count, true)
  view.setUint32(12, length, true)
  view.setUint32(16, at, true)
  return new Uint8Array(view.buffer)
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(parts.reduce((size, part) => size + part.length, 0))
  let at = 0
  for (const part of parts) {
    result.set(part, at)
    at += part.length
  }
  return result
}

const table = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1
  return value >>> 0
})

function crc32(bytes: Uint8Array): number {
  let sum = 0xffffffff
  for (const byte of bytes) sum = (table[(sum ^ byte) & 255] ?? 0) ^ (sum >>> 8)
  return (sum ^ 0xffffffff) >>> 0
}
