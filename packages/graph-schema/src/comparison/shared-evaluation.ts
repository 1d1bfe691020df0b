import { splitsByWorth } from '../splits.js'
import type { SplitName } from '../splits.js'
import { isEvaluation } from '../values/details/index.js'
import type { EvaluationDetail, MetricsDetail } from '../values/details/index.js'

/** The evaluation of a part of the data; of several the last, which saw the final network. */
export function evaluationOf(details: readonly MetricsDetail[], split: string): EvaluationDetail | null {
  return details.flatMap((detail) => (isEvaluation(detail) && detail.split === split ? [detail] : [])).at(-1) ?? null
}

export interface SharedEvaluation {
  readonly split: SplitName
  readonly first: EvaluationDetail
  readonly second: EvaluationDetail
}

/** What two runs can be compared by: their evaluations of the most telling part of the data that both have. */
export function sharedEvaluation(
  first: readonly MetricsDetail[],
  second: readonly MetricsDetail[],
): SharedEvaluation | null {
  for (const split of splitsByWorth) {
    const [one, other] = [evaluationOf(first, split), evaluationOf(second, split)]
    if (one !== null && other !== null) return { split, first: one, second: other }
  }
  return null
}
