import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { textOf } from '@graft/errors'
import { type ModelFiles, partsOfModel } from '@graft/network'
import { openModelPath, parseSource } from './read-source.js'

/**
 * Changes when a file does that the network is read from, wherever it lies: names, sizes and times of the model's file,
 * of its shards or external data, and of files beside it that are looked for; and when another file of a folder becomes
 * the model. Addresses and embedded backbones don't change by themselves.
 */
export async function fingerprintSource(source: string, resolvePath: (path: string) => string): Promise<string> {
  const parsed = parseSource(source)
  if (parsed.kind !== 'path') return source
  try {
    const files = await openModelPath(parsed.path, resolvePath)
    const folder = files.main === null ? resolvePath(parsed.path) : join(files.label, '..')
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
