import type { Batch } from '../../engine.js'
import type { Label } from '../../tasks/task.js'
import type { BatchMemory } from './batch-memory.js'

/**
 * Labelled images, ready for a network: what the training loop reads. Implemented by the loader of `packages/nodes`
 * (decoding, preprocessing and augmentation run there, ahead, in worker threads) and by arrays in tests.
 */
export interface ImageSource {
  readonly count: number
  /** The truth about every image, in the words of the task. */
  readonly labels: ArrayLike<Label>
  /** True when views differ (random augmentation); false: every view of an image is the same. */
  readonly random: boolean
  /**
   * Identifies the pixels that `load` gives for one image and view: file, preprocessing, transforms and view. Key of
   * the feature cache.
   */
  key(index: number, view: number): string
  /**
   * Images as `[n, channels, height, width]`, preprocessed; the same (index, view) always gives the same values. They
   * may be put into `memory`, if it is given: by the one who is done with one batch before asking for the next.
   */
  load(indices: readonly number[], view: number, memory?: BatchMemory): Promise<Batch>
  /** Announces what will be loaded next, so that decoding can run ahead; may do nothing. */
  prefetch?(indices: readonly number[], view: number): void
}
