import { crossValidate } from '../validation/cross-validate.js'
import { evenLosses } from '../validation/even-loss.js'
import { fitLogistic, outputs } from '../logistic/logistic.js'
import { penaltiesFor } from '../logistic/penalties.js'
import { openSpaces, type StudyFeatures } from './study-spaces.js'

export interface HeadStudyOptions extends StudyFeatures {
  /** How many penalties to choose from; two at least. */
  readonly penalties: number
  readonly breathe?: (() => Promise<void>) | undefined
}

/** Gains and penalty, by their place among those to choose from. */
export interface HeadSetting {
  readonly gains: number
  readonly penalty: number
}

export interface OutOfFold {
  /** The class that every row was taken for by a head that had not seen it. */
  readonly answers: Int32Array
  /** How sure the head was, from 0 to 1. */
  readonly confidence: Float32Array
  /** What has the least loss over all folds. */
  readonly best: HeadSetting
}

/** One set of features, and what linear heads on them are worth. */
export interface HeadStudy {
  /**
   * An answer for every row by a head that had not seen it. Gains and penalty of a fold's head are those with the least
   * loss on the other folds, so that the choice has not seen the fold either: to choose by a number and then report it
   * would flatter, and few samples most.
   */
  outOfFold(folds: Int32Array): Promise<OutOfFold>
  /** The class that each of the rows asked for is taken for by a head that other rows taught. */
  teach(rows: Int32Array, asked: Int32Array, setting: HeadSetting): Promise<Int32Array>
}

const within = { loss: 5e-4 }
const maxIterations = 200

/**
 * Below the best penalty the loss rises and goes on rising, while heads take ever longer to solve: a twentieth above the
 * least is enough. With few rows a fold's loss is too uneven to be relied on, and time is no matter.
 */
const manyRows = 400
const risen = (losses: readonly number[]): boolean => (losses.at(-1) ?? 0) > 1.05 * Math.min(...losses)

/** Standardises the features once, and opens a space for every choice of gains when it is needed. */
export function openHeadStudy(options: HeadStudyOptions): HeadStudy {
  const { labels, classes, gains, penalties, breathe } = options
  const common = { classes, curvature: (classes - 1 || 1) / classes ** 2, breathe }
  const lossOf = evenLosses(labels, classes)
  const spaceOf = openSpaces(options)
  return {
    async outOfFold(folds) {
      const tried: Tried[] = []
      for (const index of gains.keys()) {
        const { matrix, spectrum } = spaceOf(index)
        const grid = penaltiesFor(matrix, penalties)
        const own = grid.map((_, penalty) => nothingTried({ gains: index, penalty }, labels.length))
        await crossValidate({
          isEnough: labels.length < manyRows ? undefined : risen,
          ...{ ...common, matrix, spectrum, folds, lossOf, scoreOf: lossOf, hits: () => 0, penalties: grid },
          onAnswers: ({ index: place, rows, logits, loss }) => {
            const kept = own[place]!
            kept.losses.set(folds[rows[0]!]!, loss * rows.length)
            for (const [i, row] of rows.entries()) answer(logits.subarray(i * classes, (i + 1) * classes), row, kept)
          },
        })
        tried.push(...own)
      }
      return byOtherFolds(tried, folds)
    },
    async teach(rows, asked, setting) {
      const { matrix, spectrum } = spaceOf(setting.gains)
      const penalty = penaltiesFor(matrix, penalties)[setting.penalty] ?? 1
      const { parameters } = await fitLogistic(
        { ...common, matrix, spectrum, rows, penalty, loss: lossOf(rows) },
        { within, maxIterations, breathe },
      )
      const logits = new Float64Array(asked.length * classes)
      outputs({ matrix, rows: asked, classes }, parameters, logits)
      const given = nothingTried(setting, asked.length)
      for (let i = 0; i < asked.length; i++) answer(logits.subarray(i * classes, (i + 1) * classes), i, given)
      return given.answers
    },
  }
}

/** What heads with one setting answered. */
interface Tried extends Omit<OutOfFold, 'best'> {
  readonly setting: HeadSetting
  /** Sum over the rows of a fold. */
  readonly losses: Map<number, number>
}

const nothingTried = (setting: HeadSetting, rows: number): Tried => ({
  ...{ setting, losses: new Map(), answers: new Int32Array(rows), confidence: new Float32Array(rows) },
})

/** Notes which class a row's logits stand for, and how sure they are of it. */
export function answer(logits: Float64Array, row: number, { answers, confidence }: Omit<OutOfFold, 'best'>): void {
  let best = 0
  for (let c = 1; c < logits.length; c++) if (logits[c]! > logits[best]!) best = c
  answers[row] = best
  confidence[row] = 1 / logits.reduce((sum, logit) => sum + Math.exp(logit - logits[best]!), 0)
}

function byOtherFolds(tried: readonly Tried[], folds: Int32Array): OutOfFold {
  const best = new Map([...new Set(folds)].map((fold) => [fold, leastLoss(tried, fold)]))
  const own = (row: number): Tried => best.get(folds[row]!)!
  return {
    answers: folds.map((_, row) => own(row).answers[row]!),
    confidence: Float32Array.from(folds, (_, row) => own(row).confidence[row]!),
    best: leastLoss(tried, null).setting,
  }
}

function leastLoss(tried: readonly Tried[], without: number | null): Tried {
  const folds = [...new Set(tried.flatMap(({ losses }) => [...losses.keys()]))].filter((fold) => fold !== without)
  const sumOf = ({ losses }: Tried): number => folds.reduce((sum, fold) => sum + (losses.get(fold) ?? Infinity), 0)
  return tried.reduce((best, other) => (sumOf(other) < sumOf(best) ? other : best))
}
