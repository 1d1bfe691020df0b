import { crc32, deflateRawSync } from 'node:zlib'

export interface ZipEntry {
  readonly name: string
  readonly content: Uint8Array
  /** Unix mode, such as 0o120777 for a symbolic link. */
  readonly mode?: number
  /** What to say about the size, when that is not the truth. */
  readonly claimedSize?: number
  readonly encrypted?: boolean
}

/** A zip file, byte by byte, so that tests can make ones that no program would. */
export function makeZip(entries: readonly ZipEntry[]): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const entry of entries) {
    const name = Buffer.from(entry.name)
    const data = deflateRawSync(entry.content)
    const common = fieldsOf(entry, data.byteLength, name.byteLength)
    const local = Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4]), common, name, data])
    const central = Buffer.alloc(46)
    Buffer.from([0x50, 0x4b, 1, 2, 20, 3]).copy(central)
    common.copy(central, 6)
    central.writeUInt32LE(((entry.mode ?? 0o100644) << 16) >>> 0, 38)
    central.writeUInt32LE(offset, 42)
    directory.push(central, name)
    parts.push(local)
    offset += local.byteLength
  }
  const list = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  Buffer.from([0x50, 0x4b, 5, 6]).copy(end)
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(list.byteLength, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...parts, list, end])
}

/** Version, flags, method, time, date, checksum, sizes, lengths: alike in both headers. */
function fieldsOf({ content, claimedSize, encrypted }: ZipEntry, compressed: number, nameLength: number): Buffer {
  const fields = Buffer.alloc(26)
  fields.writeUInt16LE(20, 0)
  // Names are in UTF-8.
  fields.writeUInt16LE((encrypted ? 1 : 0) | 0x800, 2)
  fields.writeUInt16LE(8, 4)
  fields.writeUInt32LE(crc32Of(content), 10)
  fields.writeUInt32LE(compressed, 14)
  fields.writeUInt32LE(claimedSize ?? content.byteLength, 18)
  fields.writeUInt16LE(nameLength, 22)
  return fields
}

function crc32Of(bytes: Uint8Array): number {
  if (typeof crc32 === 'function') return crc32(bytes)
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  }
  return (crc ^ 0xffffffff) >>> 0
}
