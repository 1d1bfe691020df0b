import { z } from 'zod'
import { list } from '../fields.js'
import { estimateSchema } from './estimate.js'

/** How the recommended candidate does against another one on the same images; above zero: it is better. */
export const adviceComparisonSchema = z
  .object({ candidate: z.string(), difference: estimateSchema.nullable(), words: z.string() })
  .readonly()
export type AdviceComparison = z.output<typeof adviceComparisonSchema>

/** What to do, in words that need no knowledge of networks. */
export const recommendationSchema = z
  .object({
    /** Null: nothing can be recommended for these images as they are; `words` says what to do first. */
    candidate: z.string().nullable(),
    /**
     * False: others are as good as far as can be told. Then this is the cheapest of the networks that are about as good,
     * and of its ways what did best on average on other sets of images.
     */
    clear: z.boolean(),
    /** One sentence or two: what to do and what to expect. */
    words: z.string(),
    /** Why, a sentence each. */
    why: list(z.string()),
    comparedWith: list(adviceComparisonSchema),
    notMeasured: list(z.string()),
  })
  .readonly()
export type Recommendation = z.output<typeof recommendationSchema>

/** What the textbook's table of size and similarity says, next to the recommendation. */
export const textbookSchema = z
  .object({
    size: z.enum(['small', 'large']),
    likeness: z.enum(['similar', 'different']),
    /** The rule of that quadrant. */
    words: z.string(),
    /** The candidate that follows it; null when none does. */
    candidate: z.string().nullable(),
    agrees: z.boolean(),
    /** Recommendation less textbook, on the same images; null where either isn't measured. */
    difference: estimateSchema.nullable(),
  })
  .readonly()
export type Textbook = z.output<typeof textbookSchema>
