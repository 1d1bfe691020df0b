import type { NodeContext } from './define-node.js'

export interface MemoryShares {
  /** Bytes of decoded pictures that each loader may keep. */
  readonly pictures?: number
  /** Bytes of features of the frozen part that may be kept. */
  readonly features?: number
}

/** How a node's caches divide what the run may take for caches: a quarter for the pictures of each of two loaders, half for features. Empty without a limit: the caches' own defaults hold. */
export function memoryShares({ memoryBytes }: Pick<NodeContext, 'memoryBytes'>): MemoryShares {
  return memoryBytes === undefined ? {} : { pictures: Math.floor(memoryBytes / 4), features: Math.floor(memoryBytes / 2) }
}
