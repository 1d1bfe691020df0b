import { open } from 'node:fs/promises'
import { recogniseFormat } from './find-model.js'
import { type Format, headBytes, isNamedLike } from './format.js'
import { formats } from './formats.js'

/**
 * The format that a file seems to have, for lists of files: by its name where that tells, by its beginning where other
 * files are named so too, undefined otherwise. Whether it is sound shows when it is read.
 */
export async function formatOfFile(path: string): Promise<Format | undefined> {
  const named = formats.filter((format) => isNamedLike(format, path))
  const telling = named.find(({ nameTells }) => nameTells)
  if (telling !== undefined || named.length === 0) return telling
  const head = await readHead(path).catch(() => null)
  return head === null ? undefined : recogniseFormat(head)
}

async function readHead(path: string): Promise<Uint8Array> {
  const handle = await open(path)
  try {
    const bytes = new Uint8Array(headBytes)
    const { bytesRead } = await handle.read(bytes, 0, headBytes, 0)
    return bytes.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}
