import type { AdvicePosition, Estimate, SimilarityMeasure } from '@graft/graph-schema'
import { createRandom, deriveSeed } from '@graft/network'
import type { MeasuredHead } from '../measure/measured-head.js'
import type { MeasuredNetwork } from '../measure/measure-network.js'
import { independentOf, type Subject } from '../measure/subject.js'
import { accuracyEstimate, meanOf, quantileOf, shareEstimate } from '../statistics/estimate.js'

/** Where the textbook draws its lines: there is no number in it; these are ours. */
export const textbookLines = { perClass: 200, similarity: 0.5 }

/** Late stages that add half of all that can be told are as much as was seen for everyday photos: similarity 1. */
const mostAdded = 0.5
const draws = 400

/**
 * Where the images stand. Similar is what the late stages, which know the network's own classes best, tell much better
 * than the middle does; where the middle does as well, what the late stages learned is of no use to these images.
 */
export function positionOf(
  { id, late, middle, agreement, own }: MeasuredNetwork,
  joint: ArrayLike<number> | null,
  countPerClass: readonly number[],
  subject: Subject,
  seed: number,
): AdvicePosition | null {
  if (middle === null || middle.hits.length === 0) return null
  const similarity = similarityOf(late.hits, middle.hits, 1 / subject.classes.length, seed)
  const counts = countPerClass.filter((count) => count > 0).toSorted((a, b) => a - b)
  const perClass = {
    smallest: counts[0] ?? 0,
    middle: quantileOf(counts, 0.5),
    largest: counts.at(-1) ?? 0,
  }
  const likeness = similarity.value >= textbookLines.similarity ? 'similar' : 'different'
  const measures = measuresOf({ late, middle, joint, agreement, own }, independentOf(subject))
  return {
    network: id,
    perClass,
    similarity,
    lines: textbookLines,
    size: perClass.middle >= textbookLines.perClass ? 'large' : 'small',
    likeness,
    certain: similarity.low >= textbookLines.similarity || similarity.high < textbookLines.similarity,
    how: 'Similarity is how much better the last stage tells these images than the middle of the network does, above guessing: late stages know the kinds of things that the network learned first, and help only with images like them.',
    measures,
  }
}

/**
 * With images drawn again and again, the same ones for both where the same were asked about; where both are near guessing,
 * anything is possible.
 */
function similarityOf(late: ArrayLike<number>, middle: ArrayLike<number>, guessing: number, seed: number): Estimate {
  const random = createRandom(deriveSeed(seed, 'similarity'))
  const ratio = (a: number, b: number): number => {
    const above = Math.max(0.02, a - guessing)
    return Math.min(1, Math.max(0, (a - Math.max(guessing, b)) / above / mostAdded))
  }
  const value = ratio(meanOf(late), meanOf(middle))
  const draw = (count: number): number[] => Array.from({ length: count }, () => Math.floor(random() * count))
  const meanAt = (hits: ArrayLike<number>, rows: readonly number[]): number => meanOf(rows.map((row) => hits[row] ?? 0))
  const drawn = Array.from({ length: draws }, () => {
    const rows = draw(late.length)
    return ratio(meanAt(late, rows), meanAt(middle, middle.length === late.length ? rows : draw(middle.length)))
  })
  return {
    value,
    low: Math.min(value, quantileOf(drawn, 0.025)),
    high: Math.max(value, quantileOf(drawn, 0.975)),
  }
}

function measuresOf(
  {
    late,
    middle,
    joint,
    agreement,
    own,
  }: Pick<MeasuredNetwork, 'late' | 'agreement' | 'own'> & {
    readonly middle: MeasuredHead
    readonly joint: ArrayLike<number> | null
  },
  independent: number,
): readonly SimilarityMeasure[] {
  const measure = (name: string, title: string, value: Estimate, note: string): SimilarityMeasure => ({
    ...{ name, title, value, note },
  })
  return [
    measure(
      'lastStage',
      'Last stage',
      accuracyEstimate(late.hits, independent),
      'Recognised by a linear head on the last stage.',
    ),
    measure(
      'earlyStage',
      'Middle stage',
      accuracyEstimate(middle.hits, middle.independent),
      'Recognised by a linear head in the middle.',
    ),
    ...(joint === null
      ? []
      : [
          measure(
            'allStages',
            'All stages',
            accuracyEstimate(joint, independent),
            'Recognised by a linear head on all stages.',
          ),
        ]),
    measure(
      'neighbours',
      'Nearest neighbours',
      accuracyEstimate(agreement, independent),
      'Images that are of the class that their nearest images vote for, by the last stage: what the network tells apart without any training.',
    ),
    ...(own === null
      ? []
      : [
          measure(
            'confidence',
            'Confidence',
            shareEstimate(own.confidence),
            `How sure the network is with its own ${own.classes.toLocaleString('en')} classes: high for images like those that it learned from.`,
          ),
          measure(
            'entropy',
            'Entropy',
            shareEstimate(own.entropy),
            'How evenly it spreads its answer over its own classes: 0, one class; 1, all of them.',
          ),
        ]),
  ]
}
