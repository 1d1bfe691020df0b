import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomically } from '../store/write-atomically.js'
import { seal } from './sealed.js'

const ending = '.given.checkpoint'

/** Where the checkpoint lies that a person gave for a node of a run. */
export const givenPath = (directory: string, node: string): string =>
  join(directory, `${createHash('sha256').update(node).digest('hex')}${ending}`)

/** Leaves a checkpoint for a node of a run, for it to begin with. */
export async function giveCheckpoint(directory: string, node: string, bytes: Uint8Array): Promise<void> {
  await mkdir(directory, { recursive: true })
  await writeAtomically(givenPath(directory, node), seal(bytes))
}

/** What was given for any node of a run, as a text that differs when it does; null where nothing was. */
export async function givenIdentity(directory: string): Promise<string | null> {
  const names = (await readdir(directory).catch(() => [])).filter((name) => name.endsWith(ending)).toSorted()
  if (names.length === 0) return null
  const hash = createHash('sha256')
  for (const name of names) hash.update(name).update(await readFile(join(directory, name)))
  return hash.digest('hex')
}
