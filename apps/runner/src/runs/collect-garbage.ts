import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { cleanUp, databaseSize } from '../cache/clean-up.js'
import type { Home } from '../home.js'
import { openBlobStore } from '../store/file-blob-store.js'
import { isOver } from './run-store.js'
import type { RunStore } from './run-store.js'

export interface GarbageOptions {
  readonly limitBytes: number
  /** Forget all but this many of the newest runs. */
  readonly keepRuns?: number
  /** Forget runs that ended longer ago. */
  readonly olderThanDays?: number
}

export interface Garbage {
  readonly runs: number
  readonly bytesBefore: number
  readonly bytesRemoved: number
  /** Of the store, what the runs that are left need. */
  readonly bytesKept: number
  /** What the database takes in which runs and their events are recorded. */
  readonly bytesOfDatabase: number
}

const day = 24 * 3600 * 1000

/**
 * Forgets the runs that are not to be kept, then brings cache and artifacts within the budget and drops what no run can
 * go on from. Runs that wait or run are never touched.
 */
export async function collectGarbage(
  home: Home,
  store: RunStore,
  { limitBytes, keepRuns, olderThanDays }: GarbageOptions,
): Promise<Garbage> {
  const databaseBefore = await databaseSize(home)
  const over = store.list({ limit: 1_000_000 }).filter(({ summary }) => isOver(summary))
  const oldest = Date.now() - (olderThanDays ?? 0) * day
  const forgotten = over.filter(
    ({ summary }, index) =>
      (keepRuns !== undefined && index >= keepRuns) ||
      (olderThanDays !== undefined && Date.parse(summary.finishedAt ?? summary.createdAt) < oldest),
  )
  for (const { summary } of forgotten) store.remove(summary.id)
  const packed = store.packOlder()
  if (forgotten.length + packed > 0) store.compact()
  await dropCheckpoints(home, store)
  const kept = store.keptBlobs()
  const cleaned = await cleanUp(home, limitBytes, Date.now(), kept)
  const bytesOfDatabase = await databaseSize(home)
  return {
    runs: forgotten.length,
    bytesBefore: cleaned.bytesBefore - bytesOfDatabase + databaseBefore,
    bytesRemoved: cleaned.bytesRemoved + Math.max(0, databaseBefore - bytesOfDatabase),
    bytesKept: await sizeOf(home, kept),
    bytesOfDatabase,
  }
}

/** A run that ended well, or is not known any more, will not go on. */
async function dropCheckpoints(home: Home, store: RunStore): Promise<void> {
  for (const run of await readdir(home.checkpoints).catch(() => [])) {
    const found = store.find(run)
    if (found === null || found.summary.status === 'succeeded')
      await rm(join(home.checkpoints, run), { recursive: true, force: true })
  }
}

async function sizeOf(home: Home, blobs: ReadonlySet<string>): Promise<number> {
  const store = openBlobStore(home.store)
  let bytes = 0
  for (const sha256 of blobs) bytes += (await stat(store.path(sha256)).catch(() => null))?.size ?? 0
  return bytes
}
