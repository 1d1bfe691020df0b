import type { Stats } from 'node:fs'
import { readdir, rm, stat, utimes } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isLeased } from '@graft/engines'
import { keptPaths } from '@graft/nodes'
import type { Home } from '../home.js'
import { clockJump } from './clock-jump.js'
import { readResult } from './result-cache.js'

/** Young files are left alone: another process may be about to name them in a result. */
const graceMilliseconds = 60 * 60 * 1000

interface StoredFile {
  readonly path: string
  readonly bytes: number
  readonly used: number
}

export interface CleanUp {
  readonly bytesBefore: number
  readonly bytesRemoved: number
}

/** Bytes that the store, the results, the derived data and the database of runs take on disk. */
export async function cacheSize(home: Home): Promise<number> {
  return total([
    ...(await databaseFiles(home)),
    ...(await filesUnder(home.store)),
    ...(await filesUnder(home.results)),
    ...(await filesUnder(home.derived)),
  ])
}

/**
 * Removes what was used longest ago until the cache fits `limitBytes`: results, the blobs that no remaining result
 * needs, and derived data. Blobs of `kept` (what recorded runs need) stay, and so do networks that a person pulled or
 * that a living process needs.
 * Nothing used within the last hour is removed, so a limit that is too small is exceeded rather than a running graph
 * broken. What the database takes counts, and is left alone: only `graft gc` forgets runs. `jump` is what `clockJump`
 * says: files are given the times that the clock of now would have given them.
 */
export async function cleanUp(
  home: Home,
  limitBytes: number,
  now = Date.now(),
  kept: ReadonlySet<string> = new Set(),
  jump?: number,
): Promise<CleanUp> {
  const by = jump ?? (await clockJump(home))
  const [blobs, results, derived] = await Promise.all([
    filesUnder(home.store, now, by),
    filesUnder(home.results, now, by),
    filesUnder(home.derived, now, by),
  ])
  await removeAll([...blobs, ...results, ...derived].filter((file) => isLeftover(file, now)))
  const bytesBefore = total([...blobs, ...results, ...derived, ...(await databaseFiles(home))])
  if (bytesBefore <= limitBytes) return { bytesBefore, bytesRemoved: 0 }
  const blobsOf = new Map(
    await Promise.all(results.map(async (file) => [file.path, (await readResult(file.path))?.blobs ?? []] as const)),
  )
  const store = new BlobUse(blobs, [...blobsOf.values(), [...kept]], now)
  let removed = await removeAll(store.unused())
  const old = [...results, ...derived].filter((file) => now - file.used > graceMilliseconds)
  const leased = await leasedFolders(old)
  const pulled = await keptPaths({ cacheDirectory: home.derived })
  const oldestFirst = old
    .filter(({ path }) => !leased.has(dirname(path)) && !pulled.has(path))
    .sort((a, b) => a.used - b.used)
  for (const file of oldestFirst) {
    if (bytesBefore - removed <= limitBytes) break
    removed += await removeAll([file, ...store.release(blobsOf.get(file.path) ?? [])])
  }
  return { bytesBefore, bytesRemoved: removed }
}

/** Counts which blobs are needed by how many results. A blob's sidecar goes with it. */
class BlobUse {
  private readonly files = new Map<string, StoredFile[]>()
  private readonly uses = new Map<string, number>()

  constructor(
    blobs: readonly StoredFile[],
    needed: readonly (readonly string[])[],
    private readonly now: number,
  ) {
    for (const file of blobs) {
      const sha256 = basename(file.path).slice(0, 64)
      this.files.set(sha256, [...(this.files.get(sha256) ?? []), file])
    }
    for (const sha256 of needed.flat()) this.uses.set(sha256, (this.uses.get(sha256) ?? 0) + 1)
  }

  unused(): StoredFile[] {
    return [...this.files.keys()].filter((sha256) => !this.uses.has(sha256)).flatMap((sha256) => this.removable(sha256))
  }

  /** Files of the blobs that nothing needs any more once a result that named `blobs` is gone. */
  release(blobs: readonly string[]): StoredFile[] {
    return blobs.flatMap((sha256) => {
      const left = (this.uses.get(sha256) ?? 1) - 1
      this.uses.set(sha256, left)
      return left > 0 ? [] : this.removable(sha256)
    })
  }

  private removable(sha256: string): StoredFile[] {
    const files = this.files.get(sha256) ?? []
    return files.every((file) => this.now - file.used > graceMilliseconds) ? files : []
  }
}

/** A file that was being written when its process was killed. */
const isLeftover = ({ path, used }: StoredFile, now: number): boolean =>
  path.endsWith('.tmp') && now - used > graceMilliseconds

/** Folders of derived data that a run uses, however long ago that began. */
async function leasedFolders(files: readonly StoredFile[]): Promise<ReadonlySet<string>> {
  const folders = [...new Set(files.map((file) => dirname(file.path)))]
  const leases = await Promise.all(folders.map((folder) => isLeased(folder)))
  return new Set(folders.filter((_, index) => leases[index]))
}

/** A time that hasn't come yet was told by a clock that was wrong, so it says nothing: it counts as the oldest. */
function lastUse({ mtimeMs, atimeMs }: Stats, now: number): number {
  const times = [mtimeMs, atimeMs].filter((time) => time <= now + graceMilliseconds)
  return times.length === 0 ? 0 : Math.max(...times)
}

/**
 * The same use told by the clock of now. One that was set forward can't have told the last `jump` milliseconds before;
 * one that was set back told all that is still to come.
 */
function afterJump(stats: Stats, now: number, jump: number): number {
  const told = Math.max(stats.mtimeMs, stats.atimeMs)
  const isOfBefore = jump > 0 ? told <= now - jump : told > now
  return isOfBefore ? Math.min(now, told + jump) : told
}

/** Bytes that the database of runs takes, with what is not merged into it yet. */
export const databaseSize = async (home: Home): Promise<number> => total(await databaseFiles(home))

async function databaseFiles(home: Home): Promise<StoredFile[]> {
  const paths = ['graft.db', 'graft.db-wal'].map((name) => join(home.root, name))
  const sizes = await Promise.all(paths.map(async (path) => (await stat(path).catch(() => null))?.size ?? 0))
  return paths.map((path, index) => ({ path, bytes: sizes[index] ?? 0, used: Number.POSITIVE_INFINITY }))
}

async function filesUnder(directory: string, now = Date.now(), jump = 0): Promise<StoredFile[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => [])
  const files = entries
    .filter((entry) => entry.isFile())
    .map(async (entry): Promise<StoredFile[]> => {
      const path = join(entry.parentPath ?? entry.path, entry.name)
      const found = await stat(path).catch(() => null)
      if (found === null) return []
      if (jump === 0) return [{ path, bytes: found.size, used: lastUse(found, now) }]
      const used = afterJump(found, now, jump)
      // For good: the next to look knows of no jump.
      await utimes(path, used / 1000, used / 1000).catch(() => undefined)
      return [{ path, bytes: found.size, used }]
    })
  return (await Promise.all(files)).flat()
}

const total = (files: readonly StoredFile[]): number => files.reduce((sum, file) => sum + file.bytes, 0)

async function removeAll(files: readonly StoredFile[]): Promise<number> {
  await Promise.all(files.map((file) => rm(file.path, { force: true })))
  return total(files)
}
