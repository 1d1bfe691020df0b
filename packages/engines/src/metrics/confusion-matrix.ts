/** Counts of images; rows: true class, columns: predicted class. */
export type ConfusionMatrix = readonly (readonly number[])[]

/**
 * Counts how often each true class (row) was predicted as each class (column). Both arguments hold class indices below
 * `classes`.
 */
export function confusionMatrix(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  classes: number,
): number[][] {
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0))
  for (let index = 0; index < labels.length; index++) {
    const row = matrix[labels[index] as number] as number[]
    const column = predictions[index] as number
    row[column] = (row[column] as number) + 1
  }
  return matrix
}

/** Share of images on the diagonal; NaN when there are none. */
export function accuracy(confusion: ConfusionMatrix): number {
  let correct = 0
  let total = 0
  confusion.forEach((row, truth) =>
    row.forEach((count, prediction) => {
      total += count
      if (truth === prediction) correct += count
    }),
  )
  return correct / total
}
