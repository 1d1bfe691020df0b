import { must } from '@graft/errors'
import {
  type HeadSetting,
  type HeadStudy,
  type HeadStudyOptions,
  openAveragedStudy,
  openHeadStudy,
  openMeansStudy,
  type OutOfFold,
  type StageFeatures,
  usualSoftness,
} from '@graft/engines'
import { columnsOf, type NetworkFeatures } from '../features/network-features.js'
import { independentOf, type Subject } from './subject.js'

/** What the heads on some stages of a network are worth, by images that they had not seen. */
export interface MeasuredHead {
  readonly study: HeadStudy
  /** False: by class means, because solving heads would have taken too long. */
  readonly solved: boolean
  readonly setting: HeadSetting
  /** How often each image was recognised, as a share of the repetitions. */
  readonly hits: Float64Array
  /** In how many ways the images were divided into folds. */
  readonly repeats: number
  /** How many of the images are no copies of each other. */
  readonly independent: number
  /** What it was taken for the first time, and how sure the head was. */
  readonly answers: Int32Array
  readonly confidence: Float32Array
  /** How the stages count: each so much less than the one after it, to this power. */
  readonly power: number
  readonly seconds: number
}

/** How much each stage counts less than the one after it, as Add Head has it, to the power of these. */
export const allPowers = [1, 0] as const
/** Those that Train averages over with least squares; the first is the last stage alone. */
const averagedPowers = [Infinity, 2, 1, 0.5, 0]
const stageWeight = 0.6

/** Numbers times classes: up to here all penalties are tried, beyond the other heads aren't solved. */
const quickWork = 2e7
const mostWork = 6e7
const fewPenalties = 3

export interface HeadOptions {
  readonly penalties: number
  readonly powers?: readonly number[]
  readonly breathe: () => Promise<void>
}

type Values = Pick<NetworkFeatures, 'values' | 'columns'>

/** Cross-validates a linear head on one stage, or on several with the choice of how much each counts. */
export async function measureHead(
  features: Values,
  stages: readonly StageFeatures[],
  subject: Subject,
  options: HeadOptions,
): Promise<MeasuredHead> {
  return measureStudy(() => openStudy(features, stages, subject, options), subject, options.powers ?? allPowers)
}

/** Cross-validates the average of least squares on several stages. Its time grows with the cube of the images. */
export function measureAveraged(
  features: Values,
  stages: readonly StageFeatures[],
  subject: Subject,
  breathe: HeadOptions['breathe'],
): Promise<MeasuredHead> {
  const open = (): OpenedStudy => ({
    study: openAveragedStudy({ ...problemOf(features, stages, subject, averagedPowers), breathe }),
    solved: true,
  })
  return measureStudy(open, subject, averagedPowers)
}

interface OpenedStudy {
  readonly study: HeadStudy
  readonly solved: boolean
}

async function measureStudy(
  open: () => OpenedStudy,
  subject: Subject,
  powers: readonly number[],
): Promise<MeasuredHead> {
  const started = performance.now()
  const { study, solved } = open()
  const { hits, first } = await hitsOf(study, subject)
  const { answers, confidence, best: setting } = first
  const power = powers[setting.gains] ?? 0
  const seconds = (performance.now() - started) / 1000
  const [independent, repeats] = [independentOf(subject), subject.folds.length]
  return { study, solved, setting, hits, repeats, independent, answers, confidence, power, seconds }
}

/** Heads are solved, or taken as class means where solving would take too long. */
function openStudy(
  features: Values,
  stages: readonly StageFeatures[],
  subject: Subject,
  { penalties, powers = allPowers, breathe }: HeadOptions,
): OpenedStudy {
  const problem = problemOf(features, stages, subject, powers)
  const work = subject.rows.length * problem.columns * problem.classes
  const options = { ...problem, breathe, penalties: work > quickWork ? fewPenalties : penalties }
  const solved = work <= mostWork
  return { study: solved ? openHeadStudy(options) : openMeansStudy(options), solved }
}

/** What every study is given: the stages' columns, and how much each stage may count. */
function problemOf(
  features: Values,
  stages: readonly StageFeatures[],
  { rows, labels, classes }: Subject,
  powers: readonly number[],
): Omit<HeadStudyOptions, 'penalties' | 'breathe'> {
  const { from = 0 } = stages[0] ?? {}
  const { to = 0 } = stages.at(-1) ?? {}
  const groups = stages.map((stage) => ({ from: stage.from - from, to: stage.to - from }))
  const weights = groups.map((_, index) => stageWeight ** (groups.length - 1 - index))
  return {
    features: columnsOf(features, rows, from, to),
    columns: to - from,
    labels,
    classes: classes.length,
    groups,
    softness: usualSoftness,
    // In JavaScript one to the power of infinity is no number.
    gains:
      groups.length === 1
        ? [[1]]
        : powers.map((power) => weights.map((weight) => (weight === 1 ? 1 : weight ** power))),
  }
}

/** How often every image was recognised over all repetitions, and what came of the first. */
async function hitsOf(
  study: HeadStudy,
  { labels, folds }: Subject,
): Promise<{ readonly hits: Float64Array; readonly first: OutOfFold }> {
  const hits = new Float64Array(labels.length)
  let first: OutOfFold | null = null
  for (const fold of folds) {
    const came = await study.outOfFold(fold)
    first ??= came
    for (const [row, answer] of came.answers.entries())
      if (answer === labels[row]) hits[row] = (hits[row] ?? 0) + 1 / folds.length
  }
  return { hits, first: must(first, 'folds to measure a head by') }
}
