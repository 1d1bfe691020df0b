/**
 * Share of rows of `[n, classes]` whose true class is among the `k` largest values. A class that ties with the true one
 * counts as larger only when its index is lower, so that k = 1 agrees with `argmax`. NaN when there are no rows.
 */
export function topKAccuracy(logits: ArrayLike<number>, labels: ArrayLike<number>, classes: number, k: number): number {
  let correct = 0
  for (let row = 0; row < labels.length; row++) {
    if (rankOf(logits, row * classes, labels[row] as number, classes) < k) correct += 1
  }
  return correct / labels.length
}

function rankOf(logits: ArrayLike<number>, start: number, label: number, classes: number): number {
  const own = logits[start + label] as number
  let rank = 0
  for (let index = 0; index < classes; index++) {
    const other = logits[start + index] as number
    if (other > own || (other === own && index < label)) rank += 1
  }
  return rank
}
