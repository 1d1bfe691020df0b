import { fitLogistic, outputs } from '../logistic/logistic.js'
import type { RowLoss } from '../logistic/logistic-problem.js'
import type { RowMatrix } from '../matrix/row-matrix.js'
import type { Spectrum } from '../matrix/spectrum.js'

export interface CrossValidation {
  readonly matrix: RowMatrix
  readonly classes: number
  readonly spectrum: Spectrum
  readonly curvature: number
  /** Fold of every row; a fold is scored by the head that the others teach. */
  readonly folds: Int32Array
  /** Largest first: a head starts from the one before, which is nearer to zero. */
  readonly penalties: readonly number[]
  /** The loss that is minimised over these rows. */
  readonly lossOf: (rows: Int32Array) => RowLoss
  /** The loss that heads are compared by: the mean over these rows. */
  readonly scoreOf: (rows: Int32Array) => RowLoss
  /** How many of these rows the logits get right. */
  readonly hits: (rows: Int32Array, logits: Float64Array) => number
  readonly breathe?: (() => Promise<void>) | undefined
  /** Told after every head. */
  readonly onFit?: (() => void) | undefined
  /**
   * Told the losses of a fold so far, in the order of the penalties; true: the smaller penalties are left out for it.
   * What is left out has no answers, and sums that don't count.
   */
  readonly isEnough?: ((losses: readonly number[]) => boolean) | undefined
  /** Given what the head of a fold answers for its rows, which it has not seen; the logits are used again. */
  readonly onAnswers?: ((answers: FoldAnswers) => void) | undefined
}

export interface FoldAnswers {
  readonly rows: Int32Array
  /** Of the penalty. */
  readonly index: number
  /** `[rows, classes]` */
  readonly logits: Float64Array
  /** Mean over the rows. */
  readonly loss: number
}

/** Exact enough to compare penalties: well below what they differ by. */
const within = { loss: 5e-4 }
const maxIterations = 200

/** What a penalty came to on rows that its head had not seen. */
export interface Validated {
  /** Mean over all rows. */
  readonly loss: number
  /** Share of the rows that were right. */
  readonly hitRate: number
}

/** Loss and hits of every penalty on rows that its head has not seen, in the order of the penalties. */
export async function crossValidate(options: CrossValidation): Promise<readonly Validated[]> {
  const { matrix, classes, folds, penalties, curvature, spectrum } = options
  const sums = penalties.map(() => ({ loss: 0, hitRate: 0 }))
  for (const fold of new Set(folds)) {
    const inside = rowsWhere(folds, (other) => other === fold)
    const outside = rowsWhere(folds, (other) => other !== fold)
    if (outside.length === 0) continue
    const [loss, score] = [options.lossOf(outside), options.scoreOf(inside)]
    const logits = new Float64Array(inside.length * classes)
    const unused = new Float64Array(logits.length)
    let start: Float64Array | undefined
    const losses: number[] = []
    for (const [index, penalty] of penalties.entries()) {
      const { parameters } = await fitLogistic(
        { matrix, rows: outside, classes, loss, penalty, curvature, spectrum },
        { within, maxIterations, breathe: options.breathe, ...(start && { start }) },
      )
      start = parameters
      outputs({ matrix, rows: inside, classes }, parameters, logits)
      const sum = sums[index]!
      const came = score(logits, unused)
      sum.loss += (came * inside.length) / matrix.rows
      sum.hitRate += options.hits(inside, logits) / matrix.rows
      options.onAnswers?.({ rows: inside, index, logits, loss: came })
      options.onFit?.()
      losses.push(came)
      if (options.isEnough?.(losses)) break
    }
  }
  return sums
}

function rowsWhere(folds: Int32Array, wanted: (fold: number) => boolean): Int32Array {
  return Int32Array.from([...folds.keys()].filter((row) => wanted(folds[row]!)))
}
