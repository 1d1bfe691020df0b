import { join } from 'node:path'
import { decodeCheckpoint, type FitCheckpoint } from '@graft/engines'
import { newestCheckpoint } from '../../checkpoints/checkpoints.js'
import { findHome } from '../../home.js'
import { callError } from '../cli-error.js'
import { findRun, openRuns } from './find-run.js'

/** The state of the training that a run is in: the newest of its checkpoints. Throws callError where there is none. */
export async function checkpointOfRun(given: string): Promise<FitCheckpoint> {
  const { id, status } = findRun(openRuns().store, given).summary
  const bytes = await newestCheckpoint(join(findHome().checkpoints, id))
  if (bytes !== null) return decodeCheckpoint(bytes)
  throw callError(
    'no-checkpoint',
    `The run ${id} (${status}) has no checkpoint of a training.`,
    'Name a run that was stopped or killed while it trained in steps.',
  )
}
