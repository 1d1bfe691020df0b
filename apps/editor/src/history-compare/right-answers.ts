import type { DetailOf, EvaluationDetail } from '@graft/graph-schema'

/** Whether a network was right about one sample, for pairing two runs by sample. */
export interface Answer {
  readonly id: string
  /** What was true, as text: samples whose truth differs between two runs aren't paired. */
  readonly truth: string
  readonly right: boolean
}

/** How each kind of evaluation tells which samples were answered entirely right. */
const readers: { readonly [Kind in EvaluationDetail['kind']]: (detail: DetailOf<Kind>) => readonly Answer[] } = {
  'single-label-evaluation': ({ predictions }) =>
    predictions
      .filter(({ label }) => label >= 0)
      .map(({ id, label, prediction }) => ({ id, truth: String(label), right: prediction === label })),
  'multi-label-evaluation': ({ predictions }) =>
    predictions.map(({ id, label, prediction }) => ({
      id,
      truth: label.join(' '),
      right: label.length === prediction.length && label.every((index) => prediction.includes(index)),
    })),
}

/** The answers of an evaluation, for samples whose truth is known. */
export function answersOf(detail: EvaluationDetail): readonly Answer[] {
  return (readers[detail.kind] as (detail: EvaluationDetail) => readonly Answer[])(detail)
}
