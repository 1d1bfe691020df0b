import { sharpnesses } from '../heads/averaged-head.js'
import { evenLosses } from '../validation/even-loss.js'
import { answer, type HeadStudy, type HeadStudyOptions } from './head-study.js'
import { answersOf, averageOf, type Model, modelOf, sumOf } from '../heads/model-average.js'
import { everyRow } from '../matrix/row-matrix.js'
import { openRegressionSpaces } from './study-spaces.js'

/**
 * From so many rows on, weightings that count for next to nothing without the first fold are left out of the other folds,
 * whose rows are about as many.
 */
const manyRows = 100
const negligible = 1e-3

interface Regressed {
  /** `[asked, classes]`: about the probability of each class. */
  readonly found: Float64Array
  /** How much each weighting counts. */
  readonly shares: readonly number[]
}

/**
 * The same questions answered by the average of least squares (`solveAveraged`). No weighting is chosen; with many rows
 * those whose share is negligible are left out, which rows have a say in that later folds ask about. How sure the answers
 * are is what suits all folds best. Heads on fewer rows (`teach`) average over all weightings: evidence is flatter there.
 */
export function openAveragedStudy(options: Omit<HeadStudyOptions, 'penalties'>): HeadStudy {
  const { labels, classes, gains, breathe } = options
  const all = everyRow({ rows: labels.length })
  const task = { rows: labels.length, classes, classesOf: (row: number) => [labels[row]!], penalties: null, views: 1 }
  const spaceOf = openRegressionSpaces(options)
  let models: readonly Model[] | null = null
  let weighty: readonly Model[] | null = null
  const levels = levelsOf(labels, all, classes)

  async function openModels(): Promise<readonly Model[]> {
    const opened: Model[] = []
    for (const index of gains.keys()) {
      await breathe?.()
      opened.push(modelOf(task, spaceOf(index)))
    }
    return opened
  }

  /**
   * As if classes were as frequent as among all rows: a fold that takes some of a class away must not teach that it is
   * rare.
   */
  async function regressed(rows: Int32Array, asked: Int32Array, among: readonly Model[]): Promise<Regressed> {
    await breathe?.()
    const average = averageOf(task, among, rows)
    const answers = answersOf(average, among, asked, classes)
    const here = levelsOf(labels, rows, classes)
    const found = answers.map((value, place) => value + levels[place % classes]! - here[place % classes]!)
    return { found, shares: average.shares.map(sumOf) }
  }

  return {
    async outOfFold(folds) {
      const answers = new Float64Array(labels.length * classes)
      models ??= await openModels()
      for (const fold of new Set(folds)) {
        const inside = all.filter((row) => folds[row] === fold)
        const outside = all.filter((row) => folds[row] !== fold)
        const among: readonly Model[] = weighty ?? models
        const { found, shares } = await regressed(outside, inside, among)
        weighty ??= labels.length < manyRows ? models : models.filter((_, at) => shares[at]! > negligible)
        for (const [i, row] of inside.entries())
          answers.set(found.subarray(i * classes, (i + 1) * classes), row * classes)
      }
      const logits = sharpened(answers, evenLosses(labels, classes)(all))
      const given = { answers: new Int32Array(labels.length), confidence: new Float32Array(labels.length) }
      for (const row of all) answer(logits.subarray(row * classes, (row + 1) * classes), row, given)
      return { ...given, best: { gains: 0, penalty: 0 } }
    },
    async teach(rows, asked) {
      models ??= await openModels()
      const { found } = await regressed(rows, asked, models)
      const given = { answers: new Int32Array(asked.length), confidence: new Float32Array(asked.length) }
      for (let i = 0; i < asked.length; i++) answer(found.subarray(i * classes, (i + 1) * classes), i, given)
      return given.answers
    },
  }
}

/** The logits with the least loss, of answers that are nearly even to nearly sure ones. */
function sharpened(answers: Float64Array, loss: ReturnType<ReturnType<typeof evenLosses>>): Float64Array {
  const tried = sharpnesses.map((sharpness) => {
    const logits = answers.map((value) => value * sharpness)
    return { logits, loss: loss(logits, new Float64Array(logits.length)) }
  })
  return tried.reduce((best, other) => (other.loss < best.loss ? other : best)).logits
}

/** The share of every class. */
function levelsOf(labels: Int32Array, rows: Int32Array, classes: number): Float64Array {
  const levels = new Float64Array(classes)
  for (const row of rows) levels[labels[row]!]! += 1 / rows.length
  return levels
}
