import type { DatasetValue, Sample } from '@graft/graph-schema'
import type { NodeContext } from '../../../sdk/node-context.js'
import type { ModelValue } from '../../../sdk/values.js'
import { lookAt } from './looked-at.js'
import { timeNetworks } from './network-features.js'

/** Of the time without fine-tuning, what is left for the passes when heads are measured as well. */
const passesShare = 0.75
/** How many times as long as all the rest fine-tuning is tried. */
const tryingTimes = 10
/** How many images are looked at where the time decides. */
export const affordableBounds = { fewest: 100, most: 2000 } as const

export interface TimeToLook {
  readonly minutes: number
  /** Whether fine-tuning has to fit in as well. */
  readonly tryFineTuning: boolean
}

/** How many images can be looked at within so many minutes: by what a handful of them takes on this machine. */
export async function affordableImages(
  images: DatasetValue,
  samples: readonly Sample[],
  models: readonly ModelValue[],
  time: TimeToLook,
  context: NodeContext,
): Promise<number> {
  const { fewest, most } = affordableBounds
  const some = lookAt(images, samples, fewest)
  const seconds = await timeNetworks(models, some.samples, some.classNames, context)
  return seconds === 0 ? fewest : Math.min(most, Math.max(fewest, Math.round(secondsForPasses(time) / seconds)))
}

/** Of the time, what the passes may take. */
export function secondsForPasses({ minutes, tryFineTuning }: TimeToLook): number {
  return (60 * minutes * passesShare) / (tryFineTuning ? 1 + tryingTimes : 1)
}
