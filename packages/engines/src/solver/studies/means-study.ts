import type { HeadStudy, HeadStudyOptions } from './head-study.js'
import { everyRow } from '../matrix/row-matrix.js'
import { measureStandard, standardised } from '../features/standardise.js'

/**
 * The same questions answered by the class whose mean is nearest, for where solving heads would take too long: many
 * classes. There is nothing to choose, and no confidence.
 */
export function openMeansStudy({
  features,
  columns,
  labels,
  classes,
  groups,
  softness,
  breathe,
}: Omit<HeadStudyOptions, 'gains' | 'penalties'>): HeadStudy {
  const rows = labels.length
  const standard = measureStandard(features, rows, columns, { groups, softness })
  const { values } = standardised(features, rows, standard, 1)
  const teach = async (taught: Int32Array, asked: Int32Array): Promise<Int32Array> => {
    await breathe?.()
    const { means, halves } = meansOf(values, columns, labels, classes, taught)
    const answers = new Int32Array(asked.length)
    for (const [index, row] of asked.entries()) {
      answers[index] = nearest(values, row * columns, means, halves, columns)
      if (index % 256 === 255) await breathe?.()
    }
    return answers
  }
  return {
    teach,
    async outOfFold(folds) {
      const all = everyRow({ rows })
      const answers = new Int32Array(rows)
      for (const fold of new Set(folds)) {
        const inside = all.filter((row) => folds[row] === fold)
        const taken = await teach(
          all.filter((row) => folds[row] !== fold),
          inside,
        )
        for (const [index, row] of inside.entries()) answers[row] = taken[index]!
      }
      return { answers, confidence: new Float32Array(rows), best: { gains: 0, penalty: 0 } }
    },
  }
}

/** Mean of every class, and half its square; a class without rows is nowhere near. */
function meansOf(
  values: Float64Array,
  columns: number,
  labels: Int32Array,
  classes: number,
  taught: Int32Array,
): { readonly means: Float64Array; readonly halves: Float64Array } {
  const means = new Float64Array(classes * columns)
  const counts = new Float64Array(classes)
  for (const row of taught) {
    const label = labels[row]!
    counts[label]!++
    for (let k = 0; k < columns; k++) means[label * columns + k]! += values[row * columns + k]!
  }
  const halves = new Float64Array(classes).fill(Infinity)
  for (let c = 0; c < classes; c++) {
    if (counts[c] === 0) continue
    halves[c] = 0
    for (let k = c * columns; k < (c + 1) * columns; k++) {
      means[k]! /= counts[c]!
      halves[c]! += means[k]! ** 2 / 2
    }
  }
  return { means, halves }
}

function nearest(
  values: Float64Array,
  start: number,
  means: Float64Array,
  halves: Float64Array,
  columns: number,
): number {
  let best = 0
  let most = -Infinity
  for (let c = 0; c < halves.length; c++) {
    let sum = -halves[c]!
    for (let k = 0; k < columns; k++) sum += means[c * columns + k]! * values[start + k]!
    if (sum > most) [best, most] = [c, sum]
  }
  return best
}
