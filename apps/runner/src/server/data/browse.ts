import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { hasImageName } from '@graft/graph-schema'
import type { Directory } from '@graft/graph-schema'
import { formats, isNamedLike } from '@graft/network'
import { formatOfFile } from '@graft/network/node'

const mostEntries = 2000
const mostCounted = 20_000
/** Files whose names don't tell whether they are models, and that are looked into. */
const mostLookedInto = 100

/**
 * The entries of a folder, folders first; hidden ones left out. Links are shown as what they lead to; whether they may
 * be followed is decided when they are.
 */
export async function browse(path: string, parent: string | null): Promise<Directory> {
  const names = (await readdir(path)).filter((name) => !name.startsWith('.')).toSorted((a, b) => (a < b ? -1 : 1))
  let left = mostLookedInto
  const isModel = async (file: string): Promise<boolean> =>
    (nameTellsModel(file) || (mayBeModel(file) && left-- > 0)) && (await formatOfFile(file)) !== undefined
  const entries = (await Promise.all(names.slice(0, mostEntries).map((name) => describe(path, name, isModel)))).filter(
    (entry) => entry !== null,
  )
  const isFolder = (entry: Directory['entries'][number]): number => (entry.kind === 'directory' ? 0 : 1)
  return {
    path,
    parent,
    entries: entries.toSorted((a, b) => isFolder(a) - isFolder(b)),
    truncated: names.length > mostEntries,
  }
}

const nameTellsModel = (path: string): boolean =>
  formats.some((format) => format.nameTells && isNamedLike(format, path))

const mayBeModel = (path: string): boolean => formats.some((format) => isNamedLike(format, path))

async function describe(
  directory: string,
  name: string,
  isModel: (path: string) => Promise<boolean>,
): Promise<Directory['entries'][number] | null> {
  const path = join(directory, name)
  const stats = await stat(path).catch(() => null)
  if (stats?.isDirectory()) return { name, path, kind: 'directory', images: await countImages(path) }
  if (!stats?.isFile()) return null
  const kind = hasImageName(name)
    ? 'image'
    : name.endsWith('.graft.json')
      ? 'graph'
      : (await isModel(path))
        ? 'model'
        : 'file'
  return { name, path, kind, bytes: stats.size }
}

async function countImages(path: string): Promise<number> {
  const names = await readdir(path).catch(() => [])
  return names.slice(0, mostCounted).filter((name) => hasImageName(name) && !name.startsWith('.')).length
}
