import type { DetailOf, EvaluationDetail } from '../values/details/index.js'

/** How a network did on one sample, for pairing two runs by sample. */
export interface Answer {
  readonly id: string
  /** What was true, by the names of classes: samples whose truth differs between two runs aren't paired. */
  readonly truth: string
  /** From 0 to 1: entirely wrong, entirely right. With one class per sample there is nothing between. */
  readonly score: number
}

/** How well each kind of evaluation says that every sample was answered. */
const readers: { readonly [Kind in EvaluationDetail['kind']]: (detail: DetailOf<Kind>) => readonly Answer[] } = {
  'single-label-evaluation': ({ predictions, classNames }) =>
    predictions
      .filter(({ label }) => label >= 0)
      .map(({ id, label, prediction }) => ({
        id,
        truth: nameOf(label, classNames),
        score: prediction === label ? 1 : 0,
      })),
  'multi-label-evaluation': ({ predictions, classNames }) =>
    predictions.map(({ id, label, prediction }) => ({
      id,
      truth: JSON.stringify(label.map((index) => nameOf(index, classNames)).toSorted()),
      score: overlap(label, prediction),
    })),
}

/** By its number a class is another one as soon as a class is added before it. */
const nameOf = (index: number, classNames: readonly string[]): string => classNames[index] ?? String(index)

/** F1 of the classes of one sample: 1 where all are named and no other, so also where there are none. */
function overlap(truth: readonly number[], answer: readonly number[]): number {
  const named = truth.length + answer.length
  return named === 0 ? 1 : (2 * truth.filter((index) => answer.includes(index)).length) / named
}

/** The answers of an evaluation, for samples whose truth is known. */
export function answersOf(detail: EvaluationDetail): readonly Answer[] {
  return (readers[detail.kind] as (detail: EvaluationDetail) => readonly Answer[])(detail)
}
