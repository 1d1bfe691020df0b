import { readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import type { RunCheckpoints } from '../executor/run-options.js'
import { writeAtomically } from '../store/write-atomically.js'
import { givenEnding, givenPath } from './given-checkpoint.js'
import { isSealed, seal, unseal } from './sealed.js'

const defaultSeconds = 3
/** Saving takes at most this share of the time. */
const largestShare = 0.05

/**
 * Opens a run's checkpoints, in a folder of their own. At most one is written every `$GRAFT_CHECKPOINT_SECONDS` (3).
 * Each carries its checksum, and the one before it is kept: a damaged one would resume into other weights. `keepLast`:
 * the last one of a finished node too, for another machine that is not as far and can't go on alone.
 */
export function openCheckpoints(
  directory: string,
  {
    environment = process.env,
    keepLast = false,
  }: { readonly environment?: Readonly<Record<string, string | undefined>>; readonly keepLast?: boolean } = {},
): RunCheckpoints {
  const pace = checkpointPace(environment)
  const path = (key: string): string => checkpointPaths(directory, key).newest
  const earlier = (key: string): string => checkpointPaths(directory, key).earlier
  return {
    ofNode: (key, node) => {
      let due = performance.now() + pace.interval
      return {
        load: (warn) => loadNewestWhole([path(key), earlier(key), givenPath(directory, node)], warn),
        isDue: () => performance.now() >= due,
        save: async (bytes) => {
          const started = performance.now()
          // The one before, unless this is the first.
          await rename(path(key), earlier(key)).catch(() => undefined)
          await writeAtomically(path(key), seal(bytes))
          due = pace.next(started)
        },
      }
    },
    forget: async (key) => {
      const files = keepLast ? [earlier(key)] : [path(key), earlier(key)]
      await Promise.all(files.map((file) => rm(file, { force: true })))
    },
  }
}

/** How far checkpoints are apart, in milliseconds: by the environment, and further where one takes long. */
export function checkpointPace(environment: Readonly<Record<string, string | undefined>> = process.env): {
  readonly interval: number
  /** When the next one is due, after one that was begun at `started` and has just been saved. */
  next(started: number): number
} {
  const chosen = Number(environment.GRAFT_CHECKPOINT_SECONDS ?? defaultSeconds)
  const interval = (chosen >= 0 ? chosen : defaultSeconds) * 1000
  return {
    interval,
    next: (started) => {
      const ended = performance.now()
      return ended + (interval === 0 ? 0 : Math.max(interval, (ended - started) / largestShare))
    },
  }
}

/** Where the newest checkpoint of a node stands, and the one before it. */
export function checkpointPaths(directory: string, key: string): { readonly newest: string; readonly earlier: string } {
  return { newest: join(directory, `${key}.checkpoint`), earlier: join(directory, `${key}.earlier.checkpoint`) }
}

/** Path of the newest checkpoint of a node that is whole, or of what it was given; null when there is none. */
export async function findCheckpoint(directory: string, key: string, node?: string): Promise<string | null> {
  const { newest, earlier } = checkpointPaths(directory, key)
  for (const path of [newest, earlier, ...(node === undefined ? [] : [givenPath(directory, node)])])
    if (await isSealed(path).catch(() => false)) return path
  return null
}

/** Content of the first of the files that is there and whole; says which were passed over. */
async function loadNewestWhole(
  files: readonly string[],
  warn: ((message: string) => void) | undefined,
): Promise<Uint8Array | null> {
  for (const file of files) {
    const sealed = await readFile(file).catch(() => null)
    if (sealed === null) continue
    const bytes = unseal(sealed)
    if (bytes !== null) return bytes
    await rm(file, { force: true })
    warn?.(
      `The checkpoint ${file} is damaged: its content no longer has the checksum it was saved with. It was removed, and the one before it is used, or the start.`,
    )
  }
  return null
}

/**
 * Content of the newest checkpoint of a run that is whole, whichever node it is of; null when there is none. Which of a
 * node's two is the newer one their names say, whatever the clock was set to meanwhile; what was given came before all.
 */
export async function newestCheckpoint(directory: string): Promise<Uint8Array | null> {
  const names = (await readdir(directory).catch(() => [])).filter((name) => name.endsWith('.checkpoint'))
  const dated = await Promise.all(
    names.map(async (name) => ({ name, time: (await stat(join(directory, name))).mtimeMs, ...placeOf(name) })),
  )
  const timeOf = (key: string): number => Math.max(...dated.filter((one) => one.key === key).map(({ time }) => time))
  const ordered = dated.toSorted(
    (a, b) =>
      Number(a.isGiven) - Number(b.isGiven) ||
      timeOf(b.key) - timeOf(a.key) ||
      Number(a.isEarlier) - Number(b.isEarlier),
  )
  return loadNewestWhole(
    ordered.map(({ name }) => join(directory, name)),
    undefined,
  )
}

const placeOf = (name: string): { readonly key: string; readonly isEarlier: boolean; readonly isGiven: boolean } => ({
  key: name.slice(0, name.indexOf('.')),
  isEarlier: name.endsWith('.earlier.checkpoint'),
  isGiven: name.endsWith(givenEnding),
})
