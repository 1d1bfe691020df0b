/**
 * Everything but engines and the host: what a browser can import as it is. `index.ts` is the same for Node, with
 * `nodeHost` and the engines of this build.
 */
export * from './choice/index.js'
export * from './engine.js'
export type * from './host/feature-store.js'
export * from './host/hashes.js'
export type * from './host/host.js'
export * from './measuring/index.js'
export * from './metrics/index.js'
export * from './solver/index.js'
export { BatchMemory } from './training/data/batch-memory.js'
export * from './tasks/index.js'
export * from './training/index.js'
