import type { DatasetValue, Sample } from '@graft/graph-schema'
import type { NodeContext } from '../../../sdk/node-context.js'
import type { ModelValue } from '../../../sdk/values.js'
import { lookAt } from './looked-at.js'
import { timeNetworks } from './network-features.js'

/** Of the time, what is left for the passes when heads are measured as well. */
const passesShare = 0.75
const bounds = { fewest: 100, most: 2000 }

/** How many images can be looked at within so many minutes: by what a handful of them takes on this machine. */
export async function affordableImages(
  images: DatasetValue,
  samples: readonly Sample[],
  models: readonly ModelValue[],
  minutes: number,
  context: NodeContext,
): Promise<number> {
  const some = lookAt(images, samples, bounds.fewest)
  const seconds = await timeNetworks(models, some.samples, some.classNames, context)
  if (seconds === 0) return bounds.fewest
  return Math.min(bounds.most, Math.max(bounds.fewest, Math.round((passesShare * 60 * minutes) / seconds)))
}
