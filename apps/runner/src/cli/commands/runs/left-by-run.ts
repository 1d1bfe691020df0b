import { join } from 'node:path'
import { decodeCheckpoint } from '@graft/engines'
import type { RunEvent } from '@graft/graph-schema'
import type { LeftByRun } from '@graft/nodes'
import { newestCheckpoint } from '../../../checkpoints/checkpoints.js'
import { findHome } from '../../../home.js'
import { callError } from '../../cli-error.js'
import { findRun, openRuns } from './find-run.js'

/** What a run left of the training that it is in: the newest of its checkpoints. Throws callError where there is none. */
export async function leftByRun(given: string): Promise<LeftByRun> {
  const { store } = openRuns()
  const { id, status } = findRun(store, given).summary
  const bytes = await newestCheckpoint(join(findHome().checkpoints, id))
  if (bytes !== null) return { checkpoint: decodeCheckpoint(bytes), unfinished: unfinishedIn(store.events(id)) }
  throw callError(
    'no-checkpoint',
    `The run ${id} (${status}) has no checkpoint of a training.`,
    'Name a run that was stopped or killed while it trained in steps.',
  )
}

/** Nodes that had begun, and neither finished nor were taken from an earlier run. */
export function unfinishedIn(events: readonly RunEvent[]): readonly string[] {
  const unfinished = new Set<string>()
  for (const event of events) {
    if (event.type === 'node-started') unfinished.add(event.node)
    if (event.type === 'node-finished' || event.type === 'node-cached') unfinished.delete(event.node)
  }
  return [...unfinished]
}
