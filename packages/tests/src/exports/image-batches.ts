import type { Batch } from '@graft/engines'
import type { Sample } from '@graft/graph-schema'
import type { Network } from '@graft/network'
import { createImageLoader } from '@graft/nodes'

/** Images prepared for a network, eight at a time. */
export async function* batchesOf(
  { preprocessing }: Pick<Network, 'preprocessing'>,
  samples: readonly Sample[],
): AsyncGenerator<Batch> {
  const loader = createImageLoader({ samples, transforms: [], preprocessing, seed: 0, threads: 0 })
  for (let first = 0; first < samples.length; first += 8)
    yield loader.load(
      samples.slice(first, first + 8).map((_, index) => first + index),
      0,
    )
  await loader.close()
}
