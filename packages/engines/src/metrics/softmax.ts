/**
 * Softmax of every row, in float64 and shifted by the row's maximum, so that large logits can't overflow.
 * `logits` is row-major `[n, classes]`; so is the result.
 */
export function softmax(logits: ArrayLike<number>, classes: number): Float64Array {
  const probabilities = new Float64Array(logits.length)
  for (let start = 0; start < logits.length; start += classes) {
    const normaliser = logSumExp(logits, start, classes)
    for (let index = start; index < start + classes; index++)
      probabilities[index] = Math.exp((logits[index] as number) - normaliser)
  }
  return probabilities
}

/** log of the sum of exponentials of `count` values from `start`. */
export function logSumExp(values: ArrayLike<number>, start: number, count: number, scale = 1): number {
  let maximum = -Infinity
  for (let index = start; index < start + count; index++) maximum = Math.max(maximum, (values[index] as number) * scale)
  let sum = 0
  for (let index = start; index < start + count; index++) sum += Math.exp((values[index] as number) * scale - maximum)
  return maximum + Math.log(sum)
}

/** Index of the largest value of every row of `[n, classes]`; the lowest index wins a tie. */
export function argmax(values: ArrayLike<number>, classes: number): Int32Array {
  const result = new Int32Array(values.length / classes)
  for (let row = 0; row < result.length; row++) {
    let best = 0
    for (let index = 1; index < classes; index++) {
      if ((values[row * classes + index] as number) > (values[row * classes + best] as number)) best = index
    }
    result[row] = best
  }
  return result
}
