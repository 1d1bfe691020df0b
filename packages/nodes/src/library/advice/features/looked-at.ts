import { createHash } from 'node:crypto'
import type { DatasetValue, Sample } from '@graft/graph-schema'

/** The images that advice looks at, and how many it leaves alone. */
export interface LookedAt {
  readonly samples: readonly Sample[]
  readonly classNames: readonly string[]
  /** Class of every image, an index into the names. */
  readonly labels: readonly number[]
  /** Of a test part of their own. */
  readonly sealed: number
  /** Whether images are kept for a test: those that are sealed, or the others of a division that these came from. */
  readonly hasTest: boolean
  readonly unlabelled: number
  /** Images beyond the number that is looked at. */
  readonly leftOut: number
}

/**
 * Images with a class, without those of a test part, about `most` of them at most: of every class the same share, and the
 * same ones whatever else is in the folder, so that features kept before serve again.
 */
export function lookAt(images: DatasetValue, samples: readonly Sample[], most: number): LookedAt {
  const open = samples.filter(({ split }) => split !== 'test')
  const known = open.filter(({ label }) => typeof label === 'number' && label >= 0)
  const byClass = images.classNames.map((_, label) =>
    known
      .filter((sample) => sample.label === label)
      .map((sample) => ({ sample, order: orderOf(sample) }))
      .toSorted((a, b) => (a.order < b.order ? -1 : 1)),
  )
  const share = Math.min(1, most / Math.max(1, known.length))
  const least = Math.max(2, Math.min(fewest, Math.floor(mostOfAll / byClass.length)))
  const chosen = byClass.flatMap((part) => part.slice(0, Math.max(least, Math.round(part.length * share))))
  const kept = new Set(chosen.map(({ sample }) => sample))
  const looked = known.filter((sample) => kept.has(sample))
  return {
    samples: looked,
    classNames: images.classNames,
    labels: looked.map(({ label }) => Number(label)),
    sealed: samples.length - open.length,
    hasTest: samples.length > open.length || images.split === 'train',
    unlabelled: open.length - known.length,
    leftOut: known.length - looked.length,
  }
}

/** Of a class, where there are as many; fewer where classes are so many that this would be more than the last number. */
const fewest = 5
/** All pairs of images are held against each other, which takes 100 MB a stage for so many. */
export const mostOfAll = 5000

const orderOf = ({ fingerprint, id }: Sample): string =>
  createHash('sha256').update(`${fingerprint} ${id}`).digest('hex')
