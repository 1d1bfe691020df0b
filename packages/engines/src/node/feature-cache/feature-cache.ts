import { mkdir, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { textOf } from '@graft/errors'
import { EngineError } from '../../engine.js'
import { isLeased, lease } from './lease.js'
import { openDiskStore } from './disk-store.js'
import { defaultMemoryBytes, type FeatureCache, type FeatureCacheOptions } from '../../host/feature-store.js'

const defaultMaximumBytes = 4 * 2 ** 30
/** Clocks of file servers differ from ours by less. */
const tolerance = 60_000
/** Empty file whose modification time says when a prefix was last used. */
const usedFile = 'used'

/** A feature cache on disk, one folder per prefix, in a directory that is made when needed. `open` throws EngineError when that isn't possible. */
export function createFeatureCache(directory: string, options: FeatureCacheOptions = {}): FeatureCache {
  const { maximumBytes = defaultMaximumBytes, memoryBytes = defaultMemoryBytes } = options
  return {
    open: async (prefixKey, length) => {
      const folder = `${prefixKey}-${length}`
      await touch(join(directory, folder))
      const release = await lease(join(directory, folder))
      await trimTo(directory, maximumBytes, folder)
      const store = await openDiskStore(join(directory, folder), length, memoryBytes)
      return { ...store, close: () => store.close().finally(release) }
    },
    trim: () => trimTo(directory, maximumBytes, null),
  }
}

async function touch(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, usedFile), '')
    const now = new Date()
    await utimes(join(folder, usedFile), now, now)
  } catch (error) {
    throw new EngineError(
      `The feature cache can't be made in ${folder}: ${textOf(error)}. ` + 'Expected a folder that may be written.',
      'Choose another cache folder, or switch cacheFeatures off.',
    )
  }
}

/** Leaves alone what doesn't look like a prefix's folder, the one that is being opened, and those in use anywhere. */
async function trimTo(directory: string, maximumBytes: number, keep: string | null): Promise<void> {
  const names = (await readdir(directory).catch(() => [])).filter((name) => /^[0-9a-f]+-\d+$/.test(name))
  const folders = await Promise.all(names.map(async (name) => ({ name, ...(await measure(join(directory, name))) })))
  let total = folders.reduce((sum, { bytes }) => sum + bytes, 0)
  for (const { name, bytes } of folders
    .filter(({ name }) => name !== keep)
    .sort((first, second) => first.used - second.used)) {
    if (total <= maximumBytes) return
    if (await isLeased(join(directory, name))) continue
    // A folder that can't be removed now (open elsewhere on Windows) is removed another time.
    const removed = await rm(join(directory, name), { recursive: true, force: true }).then(
      () => true,
      () => false,
    )
    if (removed) total -= bytes
  }
}

async function measure(folder: string): Promise<{ bytes: number; used: number }> {
  let bytes = 0
  for (const name of await readdir(folder).catch(() => []))
    bytes += (await stat(join(folder, name)).catch(() => ({ size: 0 }))).size
  const { mtimeMs } = await stat(join(folder, usedFile)).catch(() => ({ mtimeMs: 0 }))
  // A time that hasn't come yet was told by a clock that was wrong; what has been used since must not seem older.
  return { bytes, used: mtimeMs > Date.now() + tolerance ? 0 : mtimeMs }
}
