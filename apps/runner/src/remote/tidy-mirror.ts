import { readdir, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomically } from '../store/write-atomically.js'

const day = 24 * 3600 * 1000

/** Where the files of servers are kept on a worker. */
export interface MirrorPlaces {
  readonly objects: string
  readonly trees: string
}

export const mirrorPlaces = (mirror: string): MirrorPlaces => ({
  objects: join(mirror, 'objects'),
  trees: join(mirror, 'trees'),
})

/** Says that a tree is in use; it then stays for a day at least. */
export async function useTree({ trees }: MirrorPlaces, list: string): Promise<void> {
  const marker = join(trees, `${list}.used`)
  const now = new Date()
  await utimes(marker, now, now).catch(() => writeAtomically(marker, ''))
}

/** Removes trees that were not used for longest, and the files that only they had, until the rest fits. */
export async function tidyMirror(places: MirrorPlaces, limitBytes: number, now = Date.now()): Promise<void> {
  let bytes = await total(places.objects)
  if (bytes <= limitBytes) return
  const markers = (await readdir(places.trees).catch(() => [])).filter((name) => name.endsWith('.used'))
  const used = await Promise.all(
    markers.map(async (name) => ({
      name,
      time: (await stat(join(places.trees, name)).catch(() => null))?.mtimeMs ?? 0,
    })),
  )
  for (const { name, time } of used.toSorted((a, b) => a.time - b.time)) {
    if (bytes <= limitBytes || now - time < day) break
    const marker = join(places.trees, name)
    // Another worker on this machine may have begun to use it since.
    if (((await stat(marker).catch(() => null))?.mtimeMs ?? 0) > time) continue
    await rm(join(places.trees, name.slice(0, -'.used'.length)), { recursive: true, force: true })
    await rm(marker, { force: true })
    bytes -= await removeUnlinked(places.objects, now)
  }
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name))
}

async function total(folder: string): Promise<number> {
  let bytes = 0
  for (const path of await filesBelow(folder)) bytes += (await stat(path).catch(() => null))?.size ?? 0
  return bytes
}

/** Young ones are left: another worker on this machine has them come, and links them only then. */
async function removeUnlinked(folder: string, now: number): Promise<number> {
  let bytes = 0
  for (const path of await filesBelow(folder)) {
    const facts = await stat(path).catch(() => null)
    if (facts === null || facts.nlink > 1 || now - facts.mtimeMs < day) continue
    await rm(path, { force: true })
    bytes += facts.size
  }
  return bytes
}
