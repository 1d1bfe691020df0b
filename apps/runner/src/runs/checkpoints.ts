import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import type { NodeCheckpoints } from '@graft/nodes'
import { writeAtomically } from '../store/write-atomically.js'

const defaultSeconds = 3
/** Saving takes at most this share of the time. */
const largestShare = 0.05

/** The states of one run's long work, in a folder of its own. */
export interface RunCheckpoints {
  /** `key`: the node's cache key, so that a state is only taken up by exactly the same work. */
  ofNode(key: string): NodeCheckpoints
  /** The node is finished. */
  forget(key: string): Promise<void>
}

/** Opens a run's checkpoints. At most one is written every `$GRAFT_CHECKPOINT_SECONDS` (3). */
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
