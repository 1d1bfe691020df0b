import type { StoredRun } from './stored-run.js'

/** The device of a run that has not found out yet what it computes on. */
export const openDevice = 'auto'

/** A run that has not found out its device yet may end up on any. */
export function mayShareDevice({ summary: one }: StoredRun, { summary: other }: StoredRun): boolean {
  return one.device === other.device || one.device === openDevice || other.device === openDevice
}
