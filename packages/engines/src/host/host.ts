import type { FeatureCache, FeatureCacheOptions } from './feature-store.js'
import type { Hashes } from './hashes.js'

/**
 * All that training and choosing borrow from where they run, so that they run wherever JavaScript does: `nodeHost` is
 * Node's; a browser's worker can be another.
 */
export interface Host {
  readonly hashes: Hashes
  /** Milliseconds since some moment; never goes back. */
  now(): number
  /** Comes back when messages, timers and signals that were waiting for this thread have had their turn. */
  takeTurns(): Promise<void>
  memory(): MachineMemory
  /** Keeps features from one call to the next; `place` says where: on Node a directory. Absent: nothing outlives a call. */
  openFeatureCache?(place: string, options: FeatureCacheOptions): FeatureCache
}

export interface MachineMemory {
  /** Bytes that the machine has, or the container was given. */
  readonly total: number
  /** Bytes that no one uses at the moment. */
  readonly free: number
}
