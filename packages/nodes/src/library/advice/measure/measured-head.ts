import { type HeadSetting, type HeadStudy, openHeadStudy, type StageFeatures, usualSoftness } from '@graft/engines'
import { columnsOf, type NetworkFeatures } from '../features/network-features.js'
import type { Subject } from './subject.js'

/** What the heads on some stages of a network are worth, by images that they had not seen. */
export interface MeasuredHead {
  readonly study: HeadStudy
  readonly setting: HeadSetting
  /** How often each image was recognised, as a share of the repetitions. */
  readonly hits: Float64Array
  /** What it was taken for the first time, and how sure the head was. */
  readonly answers: Int32Array
  readonly confidence: Float32Array
  readonly seconds: number
}

/** How much each stage counts less than the one after it, as Add Head has it, to the power of these. */
const powers = [1, 0]
const stageWeight = 0.6

/** Cross-validates a linear head on one stage, or on several with the choice of how much each counts. */
export async function measureHead(
  features: Pick<NetworkFeatures, 'values' | 'columns'>,
  stages: readonly StageFeatures[],
  subject: Subject,
  { penalties, breathe }: { readonly penalties: number; readonly breathe: () => Promise<void> },
): Promise<MeasuredHead> {
  const started = performance.now()
  const { from = 0 } = stages[0] ?? {}
  const { to = 0 } = stages.at(-1) ?? {}
  const groups = stages.map((stage) => ({ from: stage.from - from, to: stage.to - from }))
  const weights = groups.map((_, index) => stageWeight ** (groups.length - 1 - index))
  const study = openHeadStudy({
    features: columnsOf(features, subject.rows, from, to),
    columns: to - from,
    labels: subject.labels,
    classes: subject.classes.length,
    groups,
    softness: usualSoftness,
    gains: groups.length === 1 ? [[1]] : powers.map((power) => weights.map((weight) => weight ** power)),
    penalties,
    breathe,
  })
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
  return { study, setting, hits, answers, confidence, seconds: (performance.now() - started) / 1000 }
}
