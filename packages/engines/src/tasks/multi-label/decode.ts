import type { Head } from '@graft/network'
import { sigmoid } from '../../metrics/index.js'
import type { Outputs, Prediction } from '../task.js'

/** From which probability a class counts as there, where nothing was chosen on validation images. */
export const usualThreshold = 0.5

/** The threshold of every class of a head. */
export function thresholdsOf({ thresholds }: Pick<Head, 'thresholds'>, classes: number): readonly number[] {
  return Array.from({ length: classes }, (_, index) => thresholds?.[index] ?? usualThreshold)
}

/** Probabilities of every class, and those that reach their threshold, likeliest first. */
export function decodeMultiLabel({ values, width }: Outputs, head: Pick<Head, 'thresholds'>): readonly Prediction[] {
  const thresholds = thresholdsOf(head, width)
  return Array.from({ length: values.length / width }, (_, row) => {
    const probabilities = Array.from({ length: width }, (__, index) => sigmoid(values[row * width + index] as number))
    const chosen = probabilities
      .flatMap((probability, index) => (probability >= (thresholds[index] as number) ? [index] : []))
      .toSorted((a, b) => (probabilities[b] as number) - (probabilities[a] as number) || a - b)
    return { probabilities, chosen }
  })
}
