import { z } from 'zod'
import { list } from '../fields.js'
import { estimateSchema } from './estimate.js'

/** Something that was measured of how well a network knows images of this kind. */
export const similarityMeasureSchema = z
  .object({
    /** `lastStage`, `earlyStage`, `allStages`, `neighbours`, `confidence`, `entropy`. */
    name: z.string(),
    title: z.string(),
    /** A share from 0 to 1. */
    value: estimateSchema,
    /** How it was measured and what it means, in a sentence. */
    note: z.string(),
  })
  .readonly()
export type SimilarityMeasure = z.output<typeof similarityMeasureSchema>

export const sizes = ['small', 'large'] as const
export const similarities = ['similar', 'different'] as const

/** Where the images stand on the plane of size and similarity. */
export const advicePositionSchema = z
  .object({
    /** The network that similarity is to. */
    network: z.string(),
    /** The axis of size. */
    perClass: z.object({ smallest: z.int(), middle: z.number(), largest: z.int() }).readonly(),
    /** The axis of similarity: 0, nothing of what the network learned carries over; 1, all that it takes. */
    similarity: estimateSchema,
    /** Where the textbook draws its lines. */
    lines: z.object({ perClass: z.number(), similarity: z.number() }).readonly(),
    size: z.enum(sizes),
    likeness: z.enum(similarities),
    /** Does the interval lie on one side of the line? */
    certain: z.boolean(),
    /** How similarity was measured, in a sentence or two. */
    how: z.string(),
    measures: list(similarityMeasureSchema),
  })
  .readonly()
export type AdvicePosition = z.output<typeof advicePositionSchema>
