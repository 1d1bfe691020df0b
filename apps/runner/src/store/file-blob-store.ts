import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, rename, rm, stat, utimes } from 'node:fs/promises'
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
  constructor(message: string, fix: string, code: 'store' | 'store-damaged' = 'store') {
    super({ code, message, fix })
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
  /** Path of the stored file. Its content is unchecked; see `pathOfWhole`. */
  path(sha256: string): string
  /**
   * Path of the stored file, for reading in place, after its content was found whole. Cheap when asked again: read once
   * per process, and again when the file has changed. Throws StoreError.
   */
  pathOfWhole(sha256: string): Promise<string>
  /** Removes a blob that was found damaged while it was read in place. Gives the error that says so. */
  damaged(sha256: string): Promise<StoreError>
  /** Takes in a file whose content was found to have this checksum, by moving it; it has to lie on the same disk. */
  adopt(file: string, sha256: string, mediaType: string, name?: string): Promise<void>
  /** Like `has`; what is there counts as used now, so that a clean-up leaves it alone for an hour. */
  keep(sha256: string): Promise<boolean>
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
  const checked = createWholenessCheck()
  return {
    directory,
    path,
    pathOfWhole: async (sha256) => {
      const file = path(sha256)
      const state = await checked(file, sha256)
      if (state === 'whole') return file
      throw state === 'missing' ? missing(file, sha256) : await removeDamaged(file, sha256)
    },
    damaged: (sha256) => removeDamaged(path(sha256), sha256),
    put: (bytes, mediaType, name) => put(path, checked, bytes, mediaType, name),
    get: (sha256) => get(path(sha256), sha256),
    // There and whole: what names a damaged blob has to be made again.
    has: async (sha256) => {
      const state = await checked(path(sha256), sha256)
      if (state === 'damaged') await removeDamaged(path(sha256), sha256)
      return state === 'whole'
    },
    keep: async (sha256) => {
      if ((await checked(path(sha256), sha256)) !== 'whole') return false
      await freshen(path(sha256))
      return true
    },
    adopt: async (file, sha256, mediaType, name) => {
      const target = path(sha256)
      if ((await checked(target, sha256)) === 'whole') return freshen(target)
      await writeAtomically(`${target}.json`, JSON.stringify({ mediaType, name }))
      await rename(file, target)
    },
    describe: async (sha256) => {
      const text = await readFile(`${path(sha256)}.json`, 'utf8').catch(() => null)
      const parsed = text === null ? null : description.safeParse(parseJson(text))
      return parsed?.success ? parsed.data : null
    },
  }
}

async function put(
  path: (sha256: string) => string,
  checked: WholenessCheck,
  bytes: Uint8Array,
  mediaType: string,
  name?: string,
): Promise<BlobReference> {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const file = path(sha256)
  if ((await checked(file, sha256)) === 'whole') {
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
    throw error.code === 'ENOENT' ? missing(file, sha256) : error
  })
  if (createHash('sha256').update(bytes).digest('hex') === sha256) return bytes
  throw await removeDamaged(file, sha256)
}

function missing(file: string, sha256: string): StoreError {
  return new StoreError(
    `The stored file ${sha256.slice(0, 12)}… is not in the store any more (${file}).`,
    'Run the graph again: the node that made it will make it again.',
  )
}

/** Gone rather than wrong: results that name it become invalid and are made again. */
async function removeDamaged(file: string, sha256: string): Promise<StoreError> {
  await rm(file, { force: true })
  return new StoreError(
    `The stored file ${sha256.slice(0, 12)}… was damaged on disk: its content no longer has the checksum it was stored under. It was removed.`,
    'Run the graph again: the node that made it will make it again.',
    'store-damaged',
  )
}

type WholenessCheck = (file: string, sha256: string) => Promise<'whole' | 'damaged' | 'missing'>

/** Reads a file in pieces, once for what the file system says of it (size, times to the nanosecond, place). */
function createWholenessCheck(): WholenessCheck {
  const whole = new Map<string, string>()
  const seen = async (file: string): Promise<string | null> => {
    const found = await stat(file, { bigint: true }).catch(() => null)
    return found?.isFile() ? [found.size, found.mtimeNs, found.ctimeNs, found.ino].join() : null
  }
  return async (file, sha256) => {
    const before = await seen(file)
    if (before === null) return 'missing'
    if (whole.get(sha256) === before) return 'whole'
    const hash = createHash('sha256')
    try {
      for await (const part of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(part as Uint8Array)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'missing'
      throw error
    }
    if (hash.digest('hex') !== sha256) return 'damaged'
    whole.set(sha256, before)
    return 'whole'
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return null
  }
}

/** A file with other times is read whole again when it is next checked, so that those used lately keep theirs. */
const freshMilliseconds = 20 * 60_000

async function freshen(file: string): Promise<void> {
  const now = new Date()
  const facts = await stat(file).catch(() => null)
  if (facts !== null && Math.abs(now.getTime() - facts.mtimeMs) > freshMilliseconds)
    await utimes(file, now, now).catch(() => undefined)
}
