import type { TrainSettings } from '../settings/index.js'
import { defaultMemoryBytes } from '../../host/feature-store.js'

/** Most bytes of features that `auto` stores for one call. */
const budgetBytes = 2 * 2 ** 30
/** Features may be this many times as large as the pixels (one byte per channel) they stand for. */
const largestRatio = 4

export interface CachingQuestion {
  readonly choice: TrainSettings['cacheFeatures']
  /** Float32 values per image at the boundary. */
  readonly featureLength: number
  /** `[channels, height, width]` of the network's input. */
  readonly inputShape: readonly number[]
  /** Images times views, over all sources. */
  readonly records: number
  /** Is there a directory, or memory only? */
  readonly onDisk: boolean
  /** Will features be read more than once, in this call or (on disk) a later one? */
  readonly readAgain: boolean
}

/** Whether features are worth keeping; when not, `reason` says why, for the log. */
export function decideCaching(question: CachingQuestion): { readonly cache: boolean; readonly reason: string } {
  if (question.choice === 'on') return { cache: true, reason: '' }
  if (question.choice === 'off') return { cache: false, reason: 'cacheFeatures is off' }
  const featureBytes = question.featureLength * Float32Array.BYTES_PER_ELEMENT
  const pixelBytes = question.inputShape.reduce((product, size) => product * size, 1)
  if (featureBytes > largestRatio * pixelBytes) {
    return {
      cache: false,
      reason: `a feature has ${megabytes(featureBytes)} and its image ${megabytes(pixelBytes)}: the cut is so early that features outweigh the images`,
    }
  }
  const limit = question.onDisk ? budgetBytes : defaultMemoryBytes
  if (featureBytes * question.records > limit) {
    return {
      cache: false,
      reason: `${question.records} features would take ${megabytes(featureBytes * question.records)}, more than the limit of ${megabytes(limit)}; fewer views need less`,
    }
  }
  if (!question.readAgain)
    return {
      cache: false,
      reason: 'every augmented view is used once and there is no folder to keep features for a later run',
    }
  return { cache: true, reason: '' }
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`
}
