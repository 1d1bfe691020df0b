import { z } from 'zod'
import { upgradeDetail } from '../older.js'
import { multiLabelEvaluationSchema } from './multi-label-evaluation.js'
import { repeatSchema } from './repeat.js'
import { searchSchema } from './search.js'
import { singleLabelEvaluationSchema } from './single-label-evaluation.js'
import { trainingDetailSchema } from './training.js'

export * from './curve-point.js'
export * from './evaluation.js'
export * from './multi-label-evaluation.js'
export * from './repeat.js'
export * from './search-candidate.js'
export * from './search.js'
export * from './single-label-evaluation.js'
export * from './training.js'
export * from './verdicts.js'

/** What stands behind a metrics value, by `kind`; one file each. Also reads what Graft 0.1.0 stored. */
export const metricsDetailSchema = z.preprocess(
  upgradeDetail,
  z.discriminatedUnion('kind', [
    trainingDetailSchema,
    singleLabelEvaluationSchema,
    multiLabelEvaluationSchema,
    repeatSchema,
    searchSchema,
  ]),
)
export type MetricsDetail = z.output<typeof metricsDetailSchema>
export type DetailKind = MetricsDetail['kind']
/** The detail of one kind. */
export type DetailOf<Kind extends DetailKind> = Readonly<Extract<MetricsDetail, { kind: Kind }>>

/** The detail of an evaluation, whatever was learned. */
export type EvaluationDetail = Extract<MetricsDetail, { scores: unknown }>

export function isEvaluation(detail: MetricsDetail): detail is EvaluationDetail {
  return 'scores' in detail
}
