import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'

/** First line of a file that carries the checksum of what follows. */
const magic = Buffer.from('graft-sealed-1\n\n', 'latin1')
const headerBytes = magic.byteLength + 32

const checksum = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest()

/** The bytes with their SHA-256 before them, as parts to write one after the other. */
export function seal(bytes: Uint8Array): readonly Uint8Array[] {
  return [magic, checksum(bytes), bytes]
}

/** The bytes that were sealed; null when any bit has changed since, or something is missing. */
export function unseal(file: Uint8Array): Uint8Array | null {
  if (file.byteLength < headerBytes || !magic.equals(file.subarray(0, magic.byteLength))) return null
  const bytes = file.subarray(headerBytes)
  return checksum(bytes).equals(file.subarray(magic.byteLength, headerBytes))
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : null
}

/** Whether the content of a file is what was sealed; read in pieces. */
export async function isSealed(path: string): Promise<boolean> {
  let header = Buffer.alloc(0)
  const hash = createHash('sha256')
  for await (const part of createReadStream(path, { highWaterMark: 1 << 20 })) {
    const bytes = part as Buffer
    const missing = headerBytes - header.byteLength
    if (missing > 0) header = Buffer.concat([header, bytes.subarray(0, missing)])
    hash.update(bytes.subarray(Math.max(0, missing)))
  }
  return (
    header.byteLength === headerBytes &&
    magic.equals(header.subarray(0, magic.byteLength)) &&
    hash.digest().equals(header.subarray(magic.byteLength))
  )
}
