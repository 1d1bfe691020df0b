import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'

/**
 * Writes what comes to a new file, part by part, and flushes it to disk; gives the sha256 of it. Throws what `tooLarge`
 * gives once more than `limit` bytes came; the file is the caller's to remove then.
 */
export async function writeStream(
  parts: AsyncIterable<Uint8Array>,
  path: string,
  limit: number,
  tooLarge: () => Error,
): Promise<string> {
  const hash = createHash('sha256')
  const file = await open(path, 'wx')
  try {
    let bytes = 0
    for await (const part of parts) {
      bytes += part.byteLength
      if (bytes > limit) throw tooLarge()
      hash.update(part)
      await file.writeFile(part)
    }
    await file.sync()
  } finally {
    await file.close()
  }
  return hash.digest('hex')
}
