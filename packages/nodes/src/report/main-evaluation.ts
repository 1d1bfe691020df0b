import type { EvaluationDetail } from '../sdk/values.js'
import type { ReportInput } from './report-input.js'

/**
 * The evaluation that the headline is about: on test data when there is one, else validation; the last one of its kind,
 * which saw the final network.
 */
export function mainEvaluation({ evaluations }: Pick<ReportInput, 'evaluations'>): EvaluationDetail | null {
  const last = (split: string): EvaluationDetail | undefined => evaluations.findLast((detail) => detail.split === split)
  return last('test') ?? last('val') ?? evaluations.at(-1) ?? null
}
