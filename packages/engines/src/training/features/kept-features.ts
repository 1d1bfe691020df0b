import type { Network, Tensors } from '@graft/network'
import type { Engine } from '../../engine.js'
import type { FeatureCache, FeatureStore } from '../../host/feature-store.js'
import type { Hashes } from '../../host/hashes.js'
import { alsoKeeping, lastStageOf } from './last-stage.js'
import { prefixKey } from './prefix-key.js'

/**
 * Opens what is kept of a frozen part's values, of the given length. Those of all stages are put where a head on the last
 * stage alone will look for its part of them, so that the network doesn't run again for it: they are the same bits.
 */
export async function openKept(
  cache: FeatureCache,
  prefix: Network,
  tensors: Tensors,
  engine: Engine,
  { hashes, length }: { readonly hashes: Hashes; readonly length: number },
): Promise<FeatureStore> {
  const store = await cache.open(await prefixKey(prefix, tensors, engine, hashes), length)
  const last = lastStageOf(prefix)
  if (last === null) return store
  const own = new Map(
    Object.keys(last.part.parameters).flatMap((name) => {
      const tensor = tensors.get(name)
      return tensor ? [[name, tensor] as const] : []
    }),
  )
  return alsoKeeping(store, await cache.open(await prefixKey(last.part, own, engine, hashes), last.length), last)
}
