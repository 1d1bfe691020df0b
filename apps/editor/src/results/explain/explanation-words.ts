import type { Explanation, Familiarity } from '@graft/graph-schema'
import { percent } from '../../ui/format.js'

/** Whether no part of an image speaks for the class by itself, so that there is none to point out. */
export const nothingCounts = (cells: Explanation['cells']): boolean => cells.flat().every((value) => value <= 0)

/** What a heat map shows, in words. */
export function explanationWords({ className, probability, cells, most }: Explanation): string {
  return nothingCounts(cells)
    ? `No part of the image counts by itself: whatever is covered, “${className}” stays at ${percent(probability)} or more.`
    : `What speaks for “${className}”: covering the outlined part brings it from ${percent(probability)} to ${percent(most.probability)}.`
}

/** Fewer validation images can't tell one in twenty. */
const enough = 19

/** Whether an image may be of none of the classes, and how that was decided; null where nothing can be said. */
export function familiarityWords({ asFar, validation, unfamiliar }: Familiarity): string | null {
  if (validation < enough) return null
  const lie = asFar === 1 ? 'lies' : 'lie'
  return unfamiliar
    ? `This may be none of these classes. ${asFar === 0 ? 'None' : asFar} of ${validation} validation images ${asFar === 0 ? 'lies' : lie} as far from the training images, by what the network sees in them.`
    : `It looks like the images that were learned: ${asFar} of ${validation} validation images ${lie} as far from them or farther.`
}
