import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { textOf } from '@graft/errors'
import { type ModelFiles, partsOfModel } from '@graft/network'
import type { DownloadOptions } from '../../../downloads/index.js'
import { locateSource } from './model-source.js'
import { fetchLocated } from './open-remote.js'
import { isThere, openModelPath } from './read-source.js'

/** As a node's context has it; without a place to keep downloads, an address is taken for what it leads to. */
export interface FingerprintOptions extends Partial<DownloadOptions> {
  resolvePath(path: string): string
  /** Hears what is downloaded, how large it is, and from where. */
  say?(message: string): void
}

/**
 * Changes when the network does that is read: of a path by names, sizes and times of the model's file, of its shards or
 * external data, and of files beside it that are looked for, and when another file of a folder becomes the model; of an
 * address by the contents, which are fetched. Embedded backbones don't change by themselves.
 * @throws NodeError when an address can't be fetched
 */
export async function fingerprintSource(
  source: string,
  pinned: string,
  { resolvePath, cacheDirectory, signal, say, ...options }: FingerprintOptions,
): Promise<string> {
  const located = await locateSource(source, (path) => isThere(path, resolvePath))
  if (located.kind === 'embedded') return source
  if (located.kind === 'path') return fingerprintPath(located.path, resolvePath)
  if (cacheDirectory === undefined) return source
  const fetching = { ...options, cacheDirectory, signal: signal ?? new AbortController().signal }
  const { sha256 } = await fetchLocated(located, pinned, fetching, say)
  return `${source} sha256 ${sha256}`
}

async function fingerprintPath(path: string, resolvePath: (path: string) => string): Promise<string> {
  try {
    const files = await openModelPath(path, resolvePath)
    const folder = files.main === null ? resolvePath(path) : join(files.label, '..')
    const lines = await Promise.all((await partsOfModel(files)).map((name) => factsOf(files, folder, name)))
    return createHash('sha256').update(lines.join('\n')).digest('hex')
  } catch (error) {
    // What can't be read has no parts; reading it says why, unless it is mended meanwhile.
    return `unreadable: ${textOf(error)}`
  }
}

/** Links are followed: it is their contents that are read. */
async function factsOf(files: ModelFiles, folder: string, name: string): Promise<string> {
  if (!(await files.has(name))) return `${name} absent`
  const { size, mtimeNs, ctimeNs } = await stat(join(folder, name), { bigint: true })
  return `${name} ${size} ${mtimeNs} ${ctimeNs}`
}
