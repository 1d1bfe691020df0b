import { createHash } from 'node:crypto'
import { readFile, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { PluginError } from '../plugin-error.js'

const maximalFiles = 20_000
const maximalBytes = 512 * 2 ** 20

export interface PluginFile {
  /** Relative to the plugin's folder, with `/`. */
  readonly path: string
  readonly bytes: number
}

/**
 * Every file of a plugin, sorted; `.git` and `node_modules/.bin` are no part of it. Throws PluginError when there are
 * too many, or a symbolic link among them: Node's permission model follows links, so that one would open what it points
 * to.
 */
export async function listPluginFiles(folder: string): Promise<readonly PluginFile[]> {
  const files: PluginFile[] = []
  let bytes = 0
  const visit = async (inner: string): Promise<void> => {
    for (const entry of await readdir(join(folder, inner), { withFileTypes: true })) {
      const path = inner === '' ? entry.name : `${inner}/${entry.name}`
      if (entry.name === '.git' || path.endsWith('node_modules/.bin')) continue
      if (entry.isDirectory()) await visit(path)
      else if (!entry.isFile())
        throw new PluginError(
          'plugin-files',
          `The plugin in ${folder} holds ${entry.isSymbolicLink() ? 'a symbolic link' : 'something that is not a file'}: ${path}.`,
          "Replace it by a file, or remove it: links could lead out of the plugin's folder.",
        )
      else {
        const size = (await stat(join(folder, path))).size
        files.push({ path, bytes: size })
        bytes += size
      }
      if (files.length > maximalFiles || bytes > maximalBytes)
        throw new PluginError(
          'plugin-files',
          `The plugin in ${folder} is larger than ${maximalFiles} files or ${maximalBytes / 2 ** 20} MB.`,
          'Leave out what it does not need to run.',
        )
    }
  }
  await visit('')
  return files.sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** sha256 over names and contents of all files of a plugin: what an approval is bound to. */
export async function hashPluginFolder(folder: string): Promise<string> {
  const hash = createHash('sha256')
  for (const { path, bytes } of await listPluginFiles(folder)) {
    const content = await readFile(join(folder, path))
    hash.update(`${path.length}:${path}${bytes}:`).update(createHash('sha256').update(content).digest())
  }
  return hash.digest('hex')
}
