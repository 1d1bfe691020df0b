import { z } from 'zod'
import { jsonNumber } from './fields.js'

/** What Predict writes as `predictions.json`: every answer, and what could not be read. */
export const predictionsFileSchema = z.object({
  /** The task that the classes are of; of `single-label` ones an image has exactly one. */
  task: z.string(),
  classNames: z.array(z.string()),
  predictions: z.array(
    z.object({
      /** Relative to the folder; of a single image its name. */
      file: z.string(),
      probabilities: z.array(jsonNumber),
      chosen: z.array(z.int()),
    }),
  ),
  skipped: z.array(z.object({ file: z.string(), reason: z.string() })),
})
export type PredictionsFile = z.output<typeof predictionsFileSchema>
export const predictionsFileName = 'predictions.json'
