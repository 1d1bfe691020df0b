import { FormatError } from '../../weight-format.js'
import type { ModelFiles } from '../model-files.js'
import { placeOfEntry, type ZipEntry } from './directory.js'

/**
 * The bytes of a zip's entry, unpacked where they are deflated; never more than its directory claims.
 * @param most bytes that the entry may have
 * @throws FormatError when it is larger, damaged, or packed in another way
 */
export async function entryBytes(
  files: ModelFiles,
  file: string,
  entry: ZipEntry,
  most: number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (entry.bytes > most)
    throw new FormatError(
      `The entry ${entry.name} of ${file} claims ${entry.bytes} bytes; at most ${most} are read.`,
      'Use a smaller model.',
    )
  const { start, end } = await placeOfEntry(files, file, entry)
  const packed = new Uint8Array(await files.range(file, start, end))
  if (entry.method === 0) return packed
  if (entry.method === 8) return inflate(packed, entry, file)
  throw new FormatError(
    `The entry ${entry.name} of ${file} is packed by method ${entry.method}; stored and deflated ones can be read.`,
    'Pack it again with zip, or save the model again.',
  )
}

async function inflate(
  packed: Uint8Array<ArrayBuffer>,
  entry: ZipEntry,
  file: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(entry.bytes)
  let done = 0
  try {
    const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader()
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      bytes.set(next.value, done)
      done += next.value.length
    }
  } catch {
    done = -1
  }
  if (done === bytes.length) return bytes
  throw new FormatError(
    `The entry ${entry.name} of ${file} is damaged: it doesn't unpack to the ${entry.bytes} bytes that it claims.`,
    'Download or save it again.',
  )
}
