import {
  type HeadSetting,
  type HeadStudy,
  openHeadStudy,
  openMeansStudy,
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
const stageWeight = 0.6

/** Numbers times classes: up to here all penalties are tried, beyond the other heads aren't solved. */
const quickWork = 2e7
const mostWork = 6e7
const fewPenalties = 3

/** Cross-validates a linear head on one stage, or on several with the choice of how much each counts. */
export async function measureHead(
  features: Pick<NetworkFeatures, 'values' | 'columns'>,
  stages: readonly StageFeatures[],
  subject: Subject,
  {
    penalties,
    powers = allPowers,
    breathe,
  }: {
    readonly penalties: number
    readonly powers?: readonly number[]
    readonly breathe: () => Promise<void>
  },
): Promise<MeasuredHead> {
  const started = performance.now()
  const { from = 0 } = stages[0] ?? {}
  const { to = 0 } = stages.at(-1) ?? {}
  const work = subject.rows.length * (to - from) * subject.classes.length
  const groups = stages.map((stage) => ({ from: stage.from - from, to: stage.to - from }))
  const weights = groups.map((_, index) => stageWeight ** (groups.length - 1 - index))
  const options = {
    features: columnsOf(features, subject.rows, from, to),
    columns: to - from,
    labels: subject.labels,
    classes: subject.classes.length,
    groups,
    softness: usualSoftness,
    breathe,
    gains: groups.length === 1 ? [[1]] : powers.map((power) => weights.map((weight) => weight ** power)),
    penalties: work > quickWork ? fewPenalties : penalties,
  }
  const solved = work <= mostWork
  const study = solved ? openHeadStudy(options) : openMeansStudy(options)
  const hits = new Float64Array(subject.labels.length)
  let first: Awaited<ReturnType<HeadStudy['outOfFold']>> | null = null
  for (const folds of subject.folds) {
    const came = await study.outOfFold(folds)
    first ??= came
    for (const [row, answer] of came.answers.entries())
      if (answer === subject.labels[row]) hits[row] = (hits[row] ?? 0) + 1 / subject.folds.length
  }
  if (first === null) throw new Error('There are no folds to measure a head by.')
  const { answers, confidence, best: setting } = first
  const power = powers[setting.gains] ?? 0
  const seconds = (performance.now() - started) / 1000
  return { study, solved, setting, hits, independent: independentOf(subject), answers, confidence, power, seconds }
}
