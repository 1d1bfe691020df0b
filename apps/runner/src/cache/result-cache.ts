import { createHash } from 'node:crypto'
import { readFile, rm, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { BlobStore } from '@graft/nodes'
import { z } from 'zod'
import type { OwnResults } from './own-results.js'
import { writeAtomically } from '../store/write-atomically.js'

const notice = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('preview'),
    title: z.string(),
    blob: z.object({ sha256: z.string(), bytes: z.number(), mediaType: z.string(), name: z.string().exactOptional() }),
  }),
  z.object({ type: z.literal('log'), level: z.literal('warning'), message: z.string() }),
])
/** An image or warning that a node gave while it ran: worth telling again when its result is reused. */
export type Notice = z.output<typeof notice>

const result = z.object({
  key: z.string(),
  type: z.string(),
  outputs: z.record(z.string(), z.unknown()),
  /** Every blob that the outputs need, nested ones included. */
  blobs: z.array(z.string()),
  notices: z.array(notice),
  milliseconds: z.number(),
  time: z.string(),
})

/** What a node gave, as kept in the cache. */
export type CachedResult = z.output<typeof result>

/**
 * `damaged`: there was an entry, but a blob it needs is gone or its file can't be read. `not-asked`: results from before
 * are not wanted.
 */
export type Lookup =
  | { readonly found: CachedResult }
  | { readonly found: null; readonly cause: 'absent' | 'damaged' | 'not-asked' }

/** Results of nodes by cache key; a copy on disk that every process shares. */
export interface ResultCache {
  lookup(key: string, store: BlobStore): Promise<Lookup>
  save(entry: CachedResult): Promise<void>
}

/**
 * Opens the cache in a folder: one JSON file per key, written atomically, so that a crash or a second process can't
 * spoil it.
 */
export function openResultCache(directory: string): ResultCache {
  const path = (key: string): string => join(directory, key.slice(0, 2), `${key}.json`)
  return {
    lookup: (key, store) => lookup(path(key), key, store),
    save: (entry) => writeAtomically(path(entry.key), withChecksum(JSON.stringify(entry))),
  }
}

/**
 * A cache that has nothing of before, for `--no-cache`: it gives what was saved through it, and saves it behind. `own`:
 * what was saved so by the same run, until it was interrupted.
 */
export function freshOnly(cache: ResultCache, own?: OwnResults): ResultCache {
  const saved = new Set<string>()
  return {
    lookup: async (key, store) =>
      saved.has(key) || (await own?.has(key)) ? cache.lookup(key, store) : { found: null, cause: 'not-asked' },
    save: async (entry) => {
      await cache.save(entry)
      await own?.add(entry.key)
      saved.add(entry.key)
    },
  }
}

/** A result from JSON; null when it is none. */
export function parseResult(json: unknown): CachedResult | null {
  const parsed = result.safeParse(json)
  return parsed.success ? parsed.data : null
}

/** Reads an entry's file; null when it is not there or makes no sense. */
export async function readResult(file: string): Promise<CachedResult | null> {
  try {
    return parseResult(JSON.parse(withoutChecksum(await readFile(file, 'utf8'))))
  } catch {
    return null
  }
}

const checksum = (text: string): string => createHash('sha256').update(text).digest('hex')
/** A second line with the SHA-256 of the first: a changed digit in a number would make no other noise. */
const withChecksum = (json: string): string => `${json}\n${checksum(json)}\n`

/** The first line; throws when it isn't what was written. Files of Graft 0.1.0 have no second one. */
function withoutChecksum(text: string): string {
  const [json = '', sum] = text.split('\n')
  if (sum !== undefined && sum !== checksum(json)) throw new Error('damaged')
  return json
}

async function lookup(file: string, key: string, store: BlobStore): Promise<Lookup> {
  const text = await readFile(file, 'utf8').catch(() => null)
  if (text === null) return { found: null, cause: 'absent' }
  const entry = await readResult(file)
  const present = entry === null ? [] : await Promise.all(entry.blobs.map((blob) => store.has(blob)))
  if (entry === null || entry.key !== key || present.includes(false)) {
    await rm(file, { force: true })
    return { found: null, cause: 'damaged' }
  }
  // The time of last use, which decides what is removed first when the cache is full. Not vital, so a read-only disk is
  // no failure.
  const now = new Date()
  await utimes(file, now, now).catch(() => undefined)
  return { found: entry }
}
