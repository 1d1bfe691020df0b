import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { createHashes } from '../host/hashes.js'
import type { Host } from '../host/host.js'
import { createFeatureCache } from './feature-cache/feature-cache.js'
import { machineMemory } from './machine-memory.js'

/** Training in a process of Node. */
export const nodeHost: Host = {
  hashes: createHashes(() => createHash('sha256')),
  now: () => performance.now(),
  takeTurns: () => setImmediate(),
  memory: machineMemory,
  openFeatureCache: createFeatureCache,
}
