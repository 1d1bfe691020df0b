import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { formats, isBindable, isNamedLike } from '@graft/network'
import { formatOfFile, openModelFiles } from '@graft/network/node'

const deepest = 3
const mostFolders = 500
const mostModels = 200
/** Files with names that a model may have, which are looked into. */
const mostLookedInto = 1000

/** A model that Load Backbone can be given. */
export interface FoundModel {
  readonly path: string
  readonly title: string
}

/**
 * Files in a known model format near the top of the data roots. Looks a bounded number of folders and files through,
 * and follows no links.
 */
export async function findModels(roots: readonly string[]): Promise<readonly FoundModel[]> {
  const found: FoundModel[] = []
  let level = [...roots]
  const seen = new Set<string>()
  let [folders, lookedInto] = [0, 0]
  for (let depth = 0; depth <= deepest && level.length > 0; depth++) {
    const below: string[] = []
    for (const folder of level) {
      // One root may lie in another.
      if (seen.has(folder)) continue
      seen.add(folder)
      if (++folders > mostFolders) return found
      for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
        if (entry.name.startsWith('.') || entry.name === 'node_modules') continue
        const path = join(folder, entry.name)
        if (entry.isDirectory()) below.push(path)
        if (!entry.isFile() || !mayBeModel(entry.name) || ++lookedInto > mostLookedInto) continue
        const model = await modelAt(path)
        if (model !== null) found.push(model)
        if (found.length >= mostModels) return found
      }
    }
    level = below
  }
  return found
}

const mayBeModel = (name: string): boolean => formats.some((format) => isNamedLike(format, name))

/** Null when the file is not a model, or holds weights that no network can be found for. */
async function modelAt(path: string): Promise<FoundModel | null> {
  const format = await formatOfFile(path)
  if (format === undefined) return null
  if (format.kind === 'weights') {
    const files = await openModelFiles(path).catch(() => null)
    const weights = files === null ? null : await format.open(files, basename(path)).catch(() => null)
    if (weights === null || !isBindable(weights)) return null
  }
  return { path, title: titleOf(path) }
}

/** A file called `model` is named by the folder that it is in. */
function titleOf(path: string): string {
  const stem = basename(path).replace(/\.[^.]+$/, '')
  return stem.toLowerCase() === 'model' ? basename(dirname(path)) : stem
}
