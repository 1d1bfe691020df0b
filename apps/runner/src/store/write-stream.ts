import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'

/**
 * Writes what comes to a new file, part by part, and flushes it to disk; gives the sha256 of it. Where the parts throw,
 * the file is the caller's to remove.
 */
export async function writeStream(parts: AsyncIterable<Uint8Array>, path: string): Promise<string> {
  const hash = createHash('sha256')
  const file = await open(path, 'wx')
  try {
    for await (const part of parts) {
      hash.update(part)
      await file.writeFile(part)
    }
    await file.sync()
  } finally {
    await file.close()
  }
  return hash.digest('hex')
}
