import { z } from 'zod'
import { splits } from '../splits.js'
import { blobReferenceSchema } from './blob-reference.js'
import { upgradeMetricsValue } from './older.js'
import { scoresSchema } from './scores.js'

/** Value on a `metrics` wire. It describes itself: see `Scores`. Also reads what Graft 0.1.0 stored. */
export const metricsValueSchema = z.preprocess(
  upgradeMetricsValue,
  z.object({
    kind: z.literal('metrics'),
    /** What was learned: `single-label`. */
    task: z.string(),
    split: z.enum(splits),
    count: z.int().min(0),
    ...scoresSchema.shape,
    /** The whole story (`MetricsDetail`: curves, confusion matrix, worst images) as a JSON blob. */
    detail: blobReferenceSchema,
  }),
)
export type MetricsValue = Readonly<z.output<typeof metricsValueSchema>>
