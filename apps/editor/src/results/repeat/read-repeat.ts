import type { RepeatDetail } from '@graft/graph-schema'
import { titleInText } from '@graft/graph-schema'
import { counted, percent, points, significant } from '../../ui/format.js'

/** What repeated runs say, in sentences: the mean and how sure it is, the spread, and what the interval leaves out. */
export function readRepeat({ spread, primary, metrics, folds, runs }: RepeatDetail): readonly string[] {
  const found = spread[primary]
  const metric = metrics.find(({ name }) => name === primary)
  if (found === undefined || metric === undefined || found.interval === null)
    return ['One run says nothing of chance; more are on their way.']
  const show = metric.format === 'percent' ? (value: number) => percent(value) : significant
  const apart = metric.format === 'percent' ? points : significant
  const [low, high] = found.interval
  return [
    `On average over ${counted(runs.length, 'run')} ${titleInText(metric)} is ${show(found.mean)}; 95% interval of this mean: ${show(low)} to ${show(high)}.`,
    `Single runs lie between ${show(found.least)} and ${show(found.most)} (standard deviation ${apart(found.deviation)}).`,
    folds > 1
      ? 'Every image was tested by a network that had not seen it. The interval allows for the folds sharing most of their training images.'
      : 'All runs were tested on the same images: the interval tells what seeds change, not what other test images would. Folds tell both.',
  ]
}
