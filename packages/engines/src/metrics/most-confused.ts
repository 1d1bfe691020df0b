import type { ConfusionMatrix } from './confusion-matrix.js'

/** Pairs of classes mistaken most often, largest count first; ties in class order. */
export function mostConfused(
  confusion: ConfusionMatrix,
  limit = 10,
): { truth: number; prediction: number; count: number }[] {
  return confusion
    .flatMap((row, truth) => row.map((count, prediction) => ({ truth, prediction, count })))
    .filter(({ truth, prediction, count }) => truth !== prediction && count > 0)
    .sort(
      (first, second) =>
        second.count - first.count || first.truth - second.truth || first.prediction - second.prediction,
    )
    .slice(0, limit)
}
