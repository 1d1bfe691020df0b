import { sigmoid } from '../../metrics/index.js'
import type { Outputs } from '../task.js'
import { usualThreshold } from './decode.js'

/**
 * A threshold per class that gives it the highest F1 on these images. Of the thresholds that do, the one nearest to one
 * half, which generalises better than one that touches an image's probability. One half for a class that all or none of
 * the images have: nothing can be learned of it.
 */
export function chooseThresholds(
  { values, width }: Outputs,
  labels: readonly (readonly number[])[],
): readonly number[] {
  return Array.from({ length: width }, (_, index) => {
    const ranked = labels
      .map((label, row) => ({
        probability: sigmoid(values[row * width + index] as number),
        there: label.includes(index),
      }))
      .toSorted((a, b) => b.probability - a.probability)
    const positives = ranked.filter(({ there }) => there).length
    return positives === 0 || positives === ranked.length ? usualThreshold : bestCut(ranked, positives)
  })
}

interface Ranked {
  readonly probability: number
  readonly there: boolean
}

function bestCut(ranked: readonly Ranked[], positives: number): number {
  let best = { f1: -1, threshold: usualThreshold }
  let hits = 0
  ranked.forEach(({ probability, there }, index) => {
    if (there) hits += 1
    const next = ranked[index + 1]?.probability ?? 0
    // Images with the same probability can't be told apart by any threshold.
    if (next === probability) return
    const f1 = (2 * hits) / (index + 1 + positives)
    const threshold = between(next, probability)
    const nearer = Math.abs(threshold - usualThreshold) < Math.abs(best.threshold - usualThreshold)
    if (f1 > best.f1 || (f1 === best.f1 && nearer)) best = { f1, threshold }
  })
  return best.threshold
}

/** One half where it separates the two, else the middle between them. */
function between(below: number, above: number): number {
  return below < usualThreshold && usualThreshold <= above ? usualThreshold : (below + above) / 2
}
