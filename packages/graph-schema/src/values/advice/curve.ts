import { z } from 'zod'
import { list } from '../fields.js'
import { estimateSchema } from './estimate.js'

/** What more images would bring. */
export const learningCurveSchema = z
  .object({
    /** The candidate that it is the curve of. */
    candidate: z.string(),
    points: list(
      z
        .object({
          /** Images learned from. */
          pictures: z.int(),
          accuracy: estimateSchema,
          /** False: extrapolated. */
          measured: z.boolean(),
        })
        .readonly(),
    ),
    /** Twice as many images; null where the measured points don't support a promise. */
    promise: z
      .object({
        pictures: z.int(),
        accuracy: estimateSchema,
        /** In shares, not points: 0.03. */
        gain: estimateSchema,
        words: z.string(),
      })
      .readonly()
      .nullable(),
    /** Classes that need more images most, the neediest first. */
    neediest: list(
      z
        .object({
          label: z.int().min(0),
          pictures: z.int(),
          /** Share of its images that were recognised by heads that had not seen them. */
          recognised: estimateSchema,
          words: z.string(),
        })
        .readonly(),
    ),
  })
  .readonly()
export type LearningCurve = z.output<typeof learningCurveSchema>
