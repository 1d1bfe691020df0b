import type { DatasetSummary } from '@graft/graph-schema'
import { counted } from '../ui/format.js'

/** Below this many images of a typical class, the recipes for little data are the better first try. */
export const littlePerClass = 300
const fewestToLearnFrom = 5
const heavyImbalance = 10

/** What a person should know about a folder before training on it, worst first, in sentences. */
export function oddities({ classes, count, splits, skipped }: DatasetSummary): readonly string[] {
  const counts = classes.map((one) => one.count)
  const most = Math.max(...counts)
  const least = Math.min(...counts)
  const empty = classes.filter((one) => one.count === 0).map(({ name }) => name)
  const few = classes.filter((one) => one.count > 0 && one.count < fewestToLearnFrom)
  return [
    ...(classes.length < 2
      ? ['There is one class only. A classifier needs at least two: add a folder for another.']
      : []),
    ...(empty.length > 0 ? [`No images for ${listed(empty)}. Fill the folder, or remove it.`] : []),
    ...(few.length > 0
      ? [
          `Very few images of ${listed(few.map(({ name, count: images }) => `${name} (${images})`))}: what is learned of them can hardly be trusted.`,
        ]
      : []),
    ...(least > 0 && most / least >= heavyImbalance
      ? [
          `The largest class has ${Math.round(most / least)} times the images of the smallest. Look at every class’s own accuracy, not only at the mean.`,
        ]
      : []),
    ...(skipped.length > 0 ? [`${counted(skipped.length, 'file')} can’t be used; the list below says why.`] : []),
    ...(splits.train > 0 && splits.val + splits.test === 0 && splits.none === 0 && count > 0
      ? ['All images are in a folder for training. A part is set aside for validation and test.']
      : []),
  ]
}

/** How many images a typical class has: the median. */
export function typicalCount({ classes }: DatasetSummary): number {
  const counts = classes.map(({ count }) => count).sort((left, right) => left - right)
  return counts[Math.floor(counts.length / 2)] ?? 0
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 4).join(', ')
  return names.length > 4 ? `${shown} and ${names.length - 4} more` : shown
}
