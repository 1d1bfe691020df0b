import type { RepeatDetail } from '../values/details/repeat.js'
import { titleInText } from '../values/scores.js'

/** How numbers are written where the sentences are shown. */
export interface RepeatWords {
  percent(share: number): string
  /** A number that is no share. */
  plain(value: number): string
}

/** What repeated runs say, in sentences: the mean and how sure it is, the spread, and what the interval leaves out. */
export function readRepeat(
  { spread, primary, metrics, folds, runs }: RepeatDetail,
  { percent, plain }: RepeatWords,
): readonly string[] {
  const found = spread[primary]
  const metric = metrics.find(({ name }) => name === primary)
  if (found === undefined || metric === undefined || found.interval === null)
    return ['One run says nothing of chance: it takes two at least.']
  const isShare = metric.format === 'percent'
  const show = isShare ? percent : plain
  const [low, high] = found.interval
  return [
    `On average over ${runs.length} runs ${titleInText(metric)} is ${show(found.mean)}; 95% interval of this mean: ${show(low)} to ${show(high)}.`,
    `Single runs lie between ${show(found.least)} and ${show(found.most)} (standard deviation ${isShare ? `${(100 * found.deviation).toFixed(1)} percentage points` : plain(found.deviation)}).`,
    folds > 1
      ? 'Every image was tested by a network that had not seen it. The interval allows for the folds sharing most of their training images.'
      : 'All runs were tested on the same images: the interval tells what seeds change, not what other test images would. Folds tell both.',
  ]
}
