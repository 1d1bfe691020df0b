import { crossEntropy } from './cross-entropy.js'
import { argmax } from './softmax.js'

/** Images whose confidence lies in (low, high]. */
export interface CalibrationBin {
  readonly low: number
  readonly high: number
  readonly count: number
  /** Mean probability of the predicted class; 0 in an empty bin. */
  readonly confidence: number
  /** Share of right predictions; 0 in an empty bin. */
  readonly accuracy: number
}

export interface Calibration {
  /** Expected calibration error: mean gap between confidence and accuracy, weighted by the bins' counts (Guo 2017). */
  readonly error: number
  readonly bins: readonly CalibrationBin[]
}

/**
 * Reliability of probabilities `[n, classes]`, in equal-width bins (low, high] of the predicted class's probability.
 */
export function calibration(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
  binCount = 15,
): Calibration {
  const predictions = argmax(probabilities, classes)
  const sums = Array.from({ length: binCount }, () => ({ count: 0, confidence: 0, correct: 0 }))
  predictions.forEach((prediction, row) => {
    const confidence = probabilities[row * classes + prediction] as number
    const sum = sums[Math.min(binCount - 1, Math.max(0, Math.ceil(confidence * binCount) - 1))] as (typeof sums)[number]
    sum.count += 1
    sum.confidence += confidence
    if (prediction === labels[row]) sum.correct += 1
  })
  const bins = sums.map(({ count, confidence, correct }, index) => ({
    low: index / binCount,
    high: (index + 1) / binCount,
    count,
    confidence: count === 0 ? 0 : confidence / count,
    accuracy: count === 0 ? 0 : correct / count,
  }))
  const total = Math.max(1, predictions.length)
  return {
    error: bins.reduce((sum, bin) => sum + (bin.count / total) * Math.abs(bin.accuracy - bin.confidence), 0),
    bins,
  }
}

/**
 * Temperature that minimises the cross-entropy of `logits / temperature`, between 0.01 and 100, and that cross-entropy.
 * The loss is convex in 1 / temperature, so golden-section search finds the one minimum.
 */
export function bestTemperature(
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
): { temperature: number; loss: number } {
  const lossAt = (logarithm: number): number => crossEntropy(logits, labels, classes, Math.exp(logarithm))
  const golden = (Math.sqrt(5) - 1) / 2
  let low = Math.log(0.01)
  let high = Math.log(100)
  while (high - low > 1e-7) {
    const left = high - golden * (high - low)
    const right = low + golden * (high - low)
    if (lossAt(left) <= lossAt(right)) high = right
    else low = left
  }
  const middle = (low + high) / 2
  return { temperature: Math.exp(middle), loss: lossAt(middle) }
}
