import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import type { RunCheckpoints } from '../executor/run-options.js'
import { writeAtomically } from '../store/write-atomically.js'

const defaultSeconds = 3
/** Saving takes at most this share of the time. */
const largestShare = 0.05

/** Opens a run's checkpoints, in a folder of their own. At most one is written every `$GRAFT_CHECKPOINT_SECONDS` (3). */
export function openCheckpoints(
  directory: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): RunCheckpoints {
  const chosen = Number(environment.GRAFT_CHECKPOINT_SECONDS ?? defaultSeconds)
  const interval = (chosen >= 0 ? chosen : defaultSeconds) * 1000
  const path = (key: string): string => join(directory, `${key}.checkpoint`)
  return {
    ofNode: (key) => {
      let due = performance.now() + interval
      return {
        load: async () => {
          const bytes = await readFile(path(key)).catch(() => null)
          return bytes === null ? null : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
        },
        isDue: () => performance.now() >= due,
        save: async (bytes) => {
          const started = performance.now()
          await writeAtomically(path(key), bytes)
          const ended = performance.now()
          due = ended + (interval === 0 ? 0 : Math.max(interval, (ended - started) / largestShare))
        },
      }
    },
    forget: (key) => rm(path(key), { force: true }),
  }
}
