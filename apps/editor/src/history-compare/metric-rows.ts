import { evaluationOf, scoreList, splitsByWorth } from '@graft/graph-schema'
import type { EvaluationDetail, MetricDescription, MetricsDetail, TrainingDetail } from '@graft/graph-schema'
import { splitName } from '../results/read/read-evaluation.js'

export interface MetricRow {
  readonly title: string
  readonly format: MetricDescription['format'] | 'seconds' | 'count'
  readonly first: number | null
  readonly second: number | null
  /** Which way is better; null: neither. */
  readonly better: MetricDescription['better'] | null
}

export interface NodeDetail {
  readonly node: string
  readonly detail: MetricsDetail
}

/** The numbers of two runs side by side: evaluations by split, then what training took. */
export function metricRows(first: readonly NodeDetail[], second: readonly NodeDetail[]): readonly MetricRow[] {
  const scores = splitsByWorth.flatMap((split) =>
    scoreRows(split, evaluationOf(detailsOf(first), split), evaluationOf(detailsOf(second), split)),
  )
  return [...scores, ...trainingRows(trainingsOf(first), trainingsOf(second))]
}

/** The details alone, in order. */
export const detailsOf = (details: readonly NodeDetail[]): readonly MetricsDetail[] =>
  details.map(({ detail }) => detail)

/** A row for every metric that either of the evaluations has, in the order of the one that comes first. */
function scoreRows(split: string, first: EvaluationDetail | null, second: EvaluationDetail | null): MetricRow[] {
  const scores = [first, second].flatMap((detail) => (detail === null ? [] : scoreList(detail.scores)))
  const metrics = new Map(scores.map((score) => [score.name, score]))
  return [...metrics.values()].map(({ name, title, format, better }) => ({
    title: `${title}, ${splitName(split)}`,
    format,
    better,
    first: known(first?.scores.values[name]),
    second: known(second?.scores.values[name]),
  }))
}

const known = (value: number | undefined): number | null => (value === undefined || Number.isNaN(value) ? null : value)

type Trainings = readonly TrainingDetail[]
const sumOf =
  (field: 'seconds' | 'epochs') =>
  (trainings: Trainings): number =>
    trainings.reduce((sum, detail) => sum + detail[field], 0)
const lastOf =
  (field: 'trainableParameters' | 'totalParameters') =>
  (trainings: Trainings): number =>
    trainings.at(-1)?.[field] ?? Number.NaN

const trainingFacts: readonly (Pick<MetricRow, 'title' | 'format' | 'better'> & {
  readonly read: (trainings: Trainings) => number
})[] = [
  { title: 'Training time', format: 'seconds', better: null, read: sumOf('seconds') },
  { title: 'Epochs', format: 'count', better: null, read: sumOf('epochs') },
  { title: 'Trained parameters', format: 'count', better: null, read: lastOf('trainableParameters') },
  { title: 'All parameters', format: 'count', better: 'lower', read: lastOf('totalParameters') },
]

function trainingRows(first: Trainings, second: Trainings): readonly MetricRow[] {
  if (first.length + second.length === 0) return []
  return trainingFacts.map(({ read, ...row }) => ({
    ...row,
    first: first.length === 0 ? null : read(first),
    second: second.length === 0 ? null : read(second),
  }))
}

const trainingsOf = (details: readonly NodeDetail[]): Trainings =>
  details.flatMap(({ detail }) => (detail.kind === 'training' ? [detail] : []))

/** Whether the second number is better, worse or neither. */
export function toneOf({ first, second, better }: MetricRow): 'better' | 'worse' | 'same' {
  if (first === null || second === null || better === null || first === second) return 'same'
  return second > first === (better === 'higher') ? 'better' : 'worse'
}
