/** How often a class is true, predicted, and both, over images that may have several. */
export interface LabelCounts {
  readonly hits: number
  readonly support: number
  readonly predicted: number
}

/** Counts of every class, from the lists of classes that are true and that were predicted, image by image. */
export function labelCounts(
  labels: readonly (readonly number[])[],
  predictions: readonly (readonly number[])[],
  classes: number,
): LabelCounts[] {
  const counts = Array.from({ length: classes }, () => ({ hits: 0, support: 0, predicted: 0 }))
  labels.forEach((label, row) => {
    const predicted = predictions[row] ?? []
    for (const index of label) (counts[index] as { support: number }).support += 1
    for (const index of predicted) {
      const count = counts[index] as (typeof counts)[number]
      count.predicted += 1
      if (label.includes(index)) count.hits += 1
    }
  })
  return counts
}
