import type { EvaluationDetail } from '@graft/graph-schema'
import type { EvaluationViews } from './report-input.js'
import { multiLabelViews } from './multi-label/index.js'
import { singleLabelViews } from './single-label/index.js'

/** How each kind of evaluation is told; a new kind is a folder and a line here. */
const evaluationViews: {
  readonly [Kind in EvaluationDetail['kind']]: EvaluationViews<Extract<EvaluationDetail, { kind: Kind }>>
} = {
  'single-label-evaluation': singleLabelViews,
  'multi-label-evaluation': multiLabelViews,
}

/** How this evaluation is told. */
export function viewsOf(detail: EvaluationDetail): EvaluationViews<EvaluationDetail> {
  return evaluationViews[detail.kind] as EvaluationViews<EvaluationDetail>
}
