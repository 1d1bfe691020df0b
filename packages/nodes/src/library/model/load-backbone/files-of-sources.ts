import { join } from 'node:path'
import { partsOfModel } from '@graft/network'
import { locateSource } from './model-source.js'
import { isThere, openModelPath } from './read-source.js'

/** Every file of the networks that are given by path: the model's own, its shards, and what is looked for beside it. */
export async function filesOfSources(
  sources: readonly string[],
  resolvePath: (path: string) => string,
): Promise<readonly string[]> {
  const found = await Promise.all(
    sources.filter((source) => source !== '').map((source) => filesOf(source, resolvePath)),
  )
  return found.flat()
}

async function filesOf(source: string, resolvePath: (path: string) => string): Promise<readonly string[]> {
  const where = await locateSource(source, (path) => isThere(path, resolvePath))
  if (where.kind !== 'path' || !(await isThere(where.path, resolvePath))) return []
  const files = await openModelPath(where.path, resolvePath)
  const folder = files.main === null ? resolvePath(where.path) : join(files.label, '..')
  const names = await partsOfModel(files)
  const there = await Promise.all(names.map((name) => files.has(name)))
  return [
    ...(files.main === null ? [folder] : []),
    ...names.filter((_, index) => there[index]).map((name) => join(folder, name)),
  ]
}
