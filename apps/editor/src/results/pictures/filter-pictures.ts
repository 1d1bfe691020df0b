import { isRight, surest } from './picture.js'
import type { Picture } from './picture.js'

export const orders = ['unsure', 'sure', 'class', 'name'] as const
export type PictureOrder = (typeof orders)[number]

export interface PictureFilter {
  /** Said to be of this class; null: of any. */
  readonly answer: number | null
  /** Only those at most as sure as this; 1: all. */
  readonly atMost: number
  readonly outcome: 'all' | 'right' | 'wrong'
  readonly order: PictureOrder
}

export const everything: PictureFilter = { answer: null, atMost: 1, outcome: 'all', order: 'unsure' }

/**
 * The pictures that a filter lets through, in its order. Among equals by name, so that the order is the same each time.
 */
export function filterPictures(
  pictures: readonly Picture[],
  { answer, atMost, outcome, order }: PictureFilter,
): readonly Picture[] {
  const sign = order === 'sure' ? -1 : 1
  return pictures
    .filter(
      (picture) =>
        (answer === null || picture.chosen.includes(answer)) &&
        (atMost >= 1 || surest(picture).probability <= atMost) &&
        (outcome === 'all' || isRight(picture) === (outcome === 'right')),
    )
    .toSorted((a, b) => {
      const byName = a.id.localeCompare(b.id, 'en', { numeric: true })
      if (order === 'name') return byName
      const byChance = sign * (surest(a).probability - surest(b).probability)
      return order === 'class' ? surest(a).index - surest(b).index || byName : byChance || byName
    })
}
