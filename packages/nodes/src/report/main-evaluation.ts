import { splitsByWorth } from '@graft/graph-schema'
import type { EvaluationDetail } from '../sdk/values.js'
import type { ReportInput } from './report-input.js'

/**
 * The evaluation that the headline is about: on the data that say most; the last one of its
 * kind, which saw the final network.
 */
export function mainEvaluation({ evaluations }: Pick<ReportInput, 'evaluations'>): EvaluationDetail | null {
  const [best] = splitsByWorth.flatMap((split) => evaluations.findLast((detail) => detail.split === split) ?? [])
  return best ?? null
}
