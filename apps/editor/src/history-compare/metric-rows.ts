import type { EvaluationDetail, MetricsDetail, TrainingDetail } from '../results/read/detail.js'
import { splitName } from '../results/read/read-evaluation.js'

export interface MetricRow {
  readonly title: string
  readonly kind: 'share' | 'value' | 'seconds' | 'count'
  readonly first: number | null
  readonly second: number | null
  /** Whether more is better; null: neither. */
  readonly better: 'more' | 'less' | null
}

export interface NodeDetail {
  readonly node: string
  readonly detail: MetricsDetail
}

/** The numbers of two runs side by side: evaluations by split, then what training took. */
export function metricRows(first: readonly NodeDetail[], second: readonly NodeDetail[]): readonly MetricRow[] {
  const splits = ['test', 'val', 'all', 'train'].filter(
    (split) => evaluationOf(first, split) !== null || evaluationOf(second, split) !== null,
  )
  const scores = splits.flatMap((split) => {
    const [one, two] = [evaluationOf(first, split), evaluationOf(second, split)]
    const row = (
      title: string,
      kind: MetricRow['kind'],
      better: MetricRow['better'],
      pick: (detail: EvaluationDetail) => number,
    ): MetricRow => ({
      title: `${title}, ${splitName(split)}`,
      kind,
      better,
      first: valueOf(one, pick),
      second: valueOf(two, pick),
    })
    return [
      row('Accuracy', 'share', 'more', ({ top1 }) => top1),
      row('Macro F1', 'share', 'more', ({ macroF1 }) => macroF1),
      row('Balanced accuracy', 'share', 'more', ({ balancedAccuracy }) => balancedAccuracy),
      row('Loss', 'value', 'less', ({ loss }) => loss),
      row('Calibration error', 'share', 'less', ({ calibrationError }) => calibrationError),
    ]
  })
  const [one, two] = [trainingsOf(first), trainingsOf(second)]
  const total = (trainings: readonly TrainingDetail[], pick: (detail: TrainingDetail) => number): number | null =>
    trainings.length === 0 ? null : trainings.reduce((sum, detail) => sum + pick(detail), 0)
  const last = (trainings: readonly TrainingDetail[], pick: (detail: TrainingDetail) => number): number | null =>
    trainings.length === 0 ? null : pick(trainings.at(-1) as TrainingDetail)
  if (one.length + two.length === 0) return scores
  return [
    ...scores,
    {
      title: 'Training time',
      kind: 'seconds',
      better: 'less',
      first: total(one, ({ seconds }) => seconds),
      second: total(two, ({ seconds }) => seconds),
    },
    {
      title: 'Epochs',
      kind: 'count',
      better: null,
      first: total(one, ({ epochs }) => epochs),
      second: total(two, ({ epochs }) => epochs),
    },
    {
      title: 'Trained parameters',
      kind: 'count',
      better: null,
      first: last(one, ({ trainableParameters }) => trainableParameters),
      second: last(two, ({ trainableParameters }) => trainableParameters),
    },
    {
      title: 'All parameters',
      kind: 'count',
      better: 'less',
      first: last(one, ({ totalParameters }) => totalParameters),
      second: last(two, ({ totalParameters }) => totalParameters),
    },
  ]
}

const trainingsOf = (details: readonly NodeDetail[]): readonly TrainingDetail[] =>
  details.flatMap(({ detail }) => (detail.kind === 'training' ? [detail] : []))

/** The last evaluation of a split saw the final network. */
export function evaluationOf(details: readonly NodeDetail[], split: string): EvaluationDetail | null {
  return (
    details.flatMap(({ detail }) => (detail.kind === 'evaluation' && detail.split === split ? [detail] : [])).at(-1) ??
    null
  )
}

function valueOf<Detail>(detail: Detail | null, pick: (detail: Detail) => number): number | null {
  const value = detail === null ? null : pick(detail)
  return value === null || Number.isNaN(value) ? null : value
}

/** Whether the second number is better, worse or neither. */
export function toneOf({ first, second, better }: MetricRow): 'better' | 'worse' | 'same' {
  if (first === null || second === null || better === null || first === second) return 'same'
  return second > first === (better === 'more') ? 'better' : 'worse'
}
