import type { NodeContext } from '../../sdk/node-context.js'

export interface MemoryShares {
  /** Bytes of images that a loader may keep: of decoded ones, to make another view of in every epoch. */
  readonly views?: number
  /** Bytes that a loader without augmentation may keep, of images as the network gets them. */
  readonly images?: number
  /** Bytes of features of the frozen part that may be kept. */
  readonly features?: number
}

/**
 * How a node's caches divide what the run may take for caches: three eighths for images to augment, an eighth for
 * others, half for features. Empty without a limit: the caches' own defaults hold.
 */
export function memoryShares({ memoryBytes }: Pick<NodeContext, 'memoryBytes'>): MemoryShares {
  return memoryBytes === undefined
    ? {}
    : {
        views: Math.floor((memoryBytes * 3) / 8),
        images: Math.floor(memoryBytes / 8),
        features: Math.floor(memoryBytes / 2),
      }
}
