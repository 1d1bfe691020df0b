import { appendFile, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The results that a run has made by itself, by cache key: what a run that takes none from before goes on with. */
export interface OwnResults {
  has(key: string): Promise<boolean>
  add(key: string): Promise<void>
}

/** Kept in the folder of a run's checkpoints, a key on each line, and gone with them. */
export function ownResults(directory: string): OwnResults {
  const file = join(directory, 'own-results')
  return {
    has: async (key) => (await readFile(file, 'utf8').catch(() => '')).split('\n').includes(key),
    add: async (key) => {
      await mkdir(directory, { recursive: true })
      // A line of its own, even after one of which a full disk or a crash has left a part.
      await appendFile(file, `\n${key}\n`)
    },
  }
}
