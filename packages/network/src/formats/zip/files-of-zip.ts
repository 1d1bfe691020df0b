import { filesInMemory } from '../model-files.js'
import { entryBytes } from './entry-bytes.js'
import { zipDirectory } from './directory.js'

/** The files in a zip file's bytes, by name. Throws FormatError when it is damaged. */
export async function filesOfZip(bytes: Uint8Array): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = filesInMemory({ 'archive.zip': bytes })
  const found = new Map<string, Uint8Array>()
  for (const [name, entry] of await zipDirectory(files, 'archive.zip'))
    found.set(name, await entryBytes(files, 'archive.zip', entry, 2 ** 31))
  return found
}
