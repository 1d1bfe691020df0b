import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomically } from '../store/write-atomically.js'
import { seal } from './sealed.js'

/** Of the files in which such checkpoints lie. */
export const givenEnding = '.given.checkpoint'

/** Where the checkpoint lies that a person gave for a node of a run. */
export const givenPath = (directory: string, node: string): string =>
  join(directory, `${createHash('sha256').update(node).digest('hex')}${givenEnding}`)

/** Leaves a checkpoint for a node of a run, for it to begin with. */
export async function giveCheckpoint(directory: string, node: string, bytes: Uint8Array): Promise<void> {
  await mkdir(directory, { recursive: true })
  await writeAtomically(givenPath(directory, node), seal(bytes))
}

/** What was given for any node of a run, as a text that differs when it does; null where nothing was. */
export async function givenIdentity(directory: string): Promise<string | null> {
  const names = (await readdir(directory).catch(() => [])).filter((name) => name.endsWith(givenEnding)).toSorted()
  if (names.length === 0) return null
  const hash = createHash('sha256')
  for (const name of names) {
    hash.update(name)
    for await (const part of createReadStream(join(directory, name), { highWaterMark: 1 << 20 }))
      hash.update(part as Buffer)
  }
  return hash.digest('hex')
}
