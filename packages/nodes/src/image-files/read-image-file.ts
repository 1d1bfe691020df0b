import { readFile } from 'node:fs/promises'
import type { ListedFile } from './list-files.js'

/** Larger files are not photos: reading them whole would fill memory. */
const largestFile = 512 * 2 ** 20
const tooManyFiles = new Set(['EMFILE', 'ENFILE'])

/**
 * The bytes of a file, or why it can't be read. Throws when this process may open no more files, which says nothing
 * about this one.
 */
export async function readImageFile({ path, size }: Pick<ListedFile, 'path' | 'size'>): Promise<Buffer | string> {
  if (size > largestFile) return `too large (${Math.round(size / 2 ** 20)} MB)`
  try {
    return await readFile(path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    if (tooManyFiles.has(code)) throw error
    return `can't be opened (${code})`
  }
}
