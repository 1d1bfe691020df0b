import { featuresOf, solvable } from '@graft/engines'
import type { Network, Tensors } from '@graft/network'
import type { Sample } from '@graft/graph-schema'
import { createImageLoader } from '../../../loader/index.js'
import type { NodeContext } from '../../../sdk/node-context.js'

/** So few images tell a machine's speed well enough to say whether something takes minutes or hours. */
const timed = 8

/**
 * What one image takes from its file to the features of a network, on this machine and now: measured on a handful, of
 * which nothing is kept. 0 without images.
 */
export async function secondsPerImage(
  headed: Network,
  tensors: Tensors,
  samples: readonly Sample[],
  { engines, signal }: Pick<NodeContext, 'engines' | 'signal'>,
): Promise<number> {
  const some = samples.slice(0, timed)
  if (some.length === 0) return 0
  const pass = async (): Promise<number> => {
    const source = createImageLoader({
      ...{ samples: some, transforms: [], preprocessing: headed.preprocessing },
      ...{ seed: 0, threads: 0, cacheBytes: 0, signal },
    })
    const started = performance.now()
    try {
      const found = await featuresOf(headed, tensors, source, [solvable(headed).features], { engines, signal })
      await found.dispose()
      return (performance.now() - started) / 1000 / some.length
    } finally {
      await source.close()
    }
  }
  // The first one opens what the second finds open.
  return Math.min(await pass(), await pass())
}
