import { createHash } from 'node:crypto'
import { readFile, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { GraftError } from '@graft/errors'
import type { BlobReference } from '@graft/graph-schema'
import type { BlobStore } from '@graft/nodes'
import { z } from 'zod'
import { writeAtomically } from './write-atomically.js'

/**
 * A blob is missing, damaged, or named by something that is not a sha256; the message says what happened and how to fix
 * it.
 */
export class StoreError extends GraftError {
  override readonly name = 'StoreError'
  constructor(message: string, fix: string, options?: ErrorOptions) {
    super({ code: 'store', message, fix }, options)
  }
}

const sha256Pattern = /^[0-9a-f]{64}$/
const description = z.object({ mediaType: z.string(), name: z.string().optional() })

/** What is known about a stored blob besides its bytes: as first stored. */
export type BlobDescription = z.output<typeof description>

/**
 * A content-addressed store in a folder: `ab/cd/abcd...` holds the bytes, `ab/cd/abcd....json` media type and suggested
 * name.
 */
export interface FileBlobStore extends BlobStore {
  readonly directory: string
  /** Path of the stored file, for reading in place. */
  path(sha256: string): string
  /** Media type and suggested name as first stored; null when the blob is not there. */
  describe(sha256: string): Promise<BlobDescription | null>
}

/** Opens (and creates when needed) the store in `directory`. Safe for several processes at once. */
export function openBlobStore(directory: string): FileBlobStore {
  const path = (sha256: string): string => {
    if (!sha256Pattern.test(sha256))
      throw new StoreError(
        `"${sha256.slice(0, 80)}" names no blob: a sha256 of 64 hexadecimal digits was expected.`,
        'Run the node again that gave this value.',
      )
    return join(directory, sha256.slice(0, 2), sha256.slice(2, 4), sha256)
  }
  return {
    directory,
    path,
    put: (bytes, mediaType, name) => put(path, bytes, mediaType, name),
    get: (sha256) => get(path(sha256), sha256),
    has: async (sha256) => (await sizeOf(path(sha256))) !== null,
    describe: async (sha256) => {
      const text = await readFile(`${path(sha256)}.json`, 'utf8').catch(() => null)
      const parsed = text === null ? null : description.safeParse(parseJson(text))
      return parsed?.success ? parsed.data : null
    },
  }
}

async function put(
  path: (sha256: string) => string,
  bytes: Uint8Array,
  mediaType: string,
  name?: string,
): Promise<BlobReference> {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const file = path(sha256)
  if ((await sizeOf(file)) === bytes.byteLength) {
    // Freshens the blob, so that a clean-up running in another process leaves it alone.
    const now = new Date()
    await utimes(file, now, now).catch(() => undefined)
  } else {
    await writeAtomically(`${file}.json`, JSON.stringify({ mediaType, name }))
    await writeAtomically(file, bytes)
  }
  return { sha256, bytes: bytes.byteLength, mediaType, ...(name === undefined ? {} : { name }) }
}

async function get(file: string, sha256: string): Promise<Uint8Array> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT')
      throw new StoreError(
        `The stored file ${sha256.slice(0, 12)}… is not in the store any more (${file}).`,
        'Run the graph again: the node that made it will make it again.',
      )
    throw error
  })
  if (createHash('sha256').update(bytes).digest('hex') === sha256) return bytes
  // Gone rather than wrong: results that name it become invalid and are made again.
  await rm(file, { force: true })
  throw new StoreError(
    `The stored file ${sha256.slice(0, 12)}… was damaged on disk: its content no longer has the checksum it was stored under. It was removed.`,
    'Run the graph again to make it again.',
  )
}

async function sizeOf(file: string): Promise<number | null> {
  const found = await stat(file).catch(() => null)
  return found?.isFile() ? found.size : null
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return null
  }
}
