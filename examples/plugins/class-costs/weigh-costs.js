/**
 * What the mistakes of a confusion matrix (rows: truth, columns: prediction) cost, as a share of the most that they
 * could cost: score = 1 - cost / worst, where
 * `worst` takes every image for the class that would cost most. A matrix in which nothing can cost anything scores 1.
 * Mistakes come dearest first.
 */
export function weighCosts(confusion, classNames, { costs, otherwise }) {
  const named = new Map(costs.map(({ truth, prediction, cost }) => [JSON.stringify([truth, prediction]), cost]))
  const costOf = (truth, prediction) =>
    truth === prediction ? 0 : (named.get(JSON.stringify([classNames[truth], classNames[prediction]])) ?? otherwise)
  const mistakes = confusion.flatMap((row, truth) =>
    row.flatMap((count, prediction) =>
      truth === prediction || count === 0
        ? []
        : [
            {
              truth: classNames[truth],
              prediction: classNames[prediction],
              count,
              cost: count * costOf(truth, prediction),
            },
          ],
    ),
  )
  const worst = confusion.reduce(
    (sum, row, truth) => sum + total(row) * Math.max(...row.map((_, prediction) => costOf(truth, prediction))),
    0,
  )
  const score = worst === 0 ? 1 : 1 - total(mistakes.map(({ cost }) => cost)) / worst
  return {
    score,
    mistakes: mistakes.sort(
      (a, b) => b.cost - a.cost || b.count - a.count || (a.truth + a.prediction < b.truth + b.prediction ? -1 : 1),
    ),
  }
}

const total = (numbers) => numbers.reduce((sum, number) => sum + number, 0)
