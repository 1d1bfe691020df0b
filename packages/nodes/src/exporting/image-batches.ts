import type { Batch } from '@graft/engines'
import type { Sample } from '@graft/graph-schema'
import type { Preprocessing } from '@graft/network'
import { createImageLoader } from '../loader/index.js'

const batchSize = 8

/** So many of the samples, evenly spread over all. */
export function spread<Item>(items: readonly Item[], count: number): readonly Item[] {
  if (items.length <= count) return items
  return Array.from({ length: count }, (_, index) => items[Math.floor((index * items.length) / count)] as Item)
}

/** Images prepared for a network, in batches; every call begins anew. */
export function imageBatches(
  samples: readonly Sample[],
  preprocessing: Preprocessing,
  signal: AbortSignal,
): () => AsyncGenerator<Batch> {
  return async function* () {
    const loader = createImageLoader({ samples, transforms: [], preprocessing, seed: 0, signal })
    try {
      for (let first = 0; first < samples.length; first += batchSize) {
        const indices = Array.from({ length: Math.min(batchSize, samples.length - first) }, (_, index) => first + index)
        yield await loader.load(indices, 0)
      }
    } finally {
      await loader.close()
    }
  }
}
