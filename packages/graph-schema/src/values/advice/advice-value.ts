import { z } from 'zod'
import { list } from '../fields.js'
import { adviceCandidateSchema } from './candidate.js'
import { learningCurveSchema } from './curve.js'
import { estimateSchema } from './estimate.js'
import { adviceFindingSchema } from './finding.js'
import { advisedNetworkSchema } from './network.js'
import { advicePositionSchema } from './position.js'
import { transferProfileSchema } from './profile.js'
import { recommendationSchema, textbookSchema } from './recommendation.js'

const advisedDataSchema = z
  .object({
    name: z.string(),
    /** The folder on this machine; null when the images are generated. */
    folder: z.string().nullable(),
    classNames: list(z.string()),
    /** Of the images that the advice looked at. */
    countPerClass: list(z.int()),
    pictures: z.int(),
    /** Images of a test part of their own, which the advice did not look at. */
    sealed: z.int(),
    /** Images without a class. */
    unlabelled: z.int(),
  })
  .readonly()

/** How the numbers came about. */
const methodSchema = z
  .object({
    folds: z.int(),
    repeats: z.int(),
    /** All of it, in seconds. */
    seconds: z.number(),
    engine: z.string(),
    /** What an accuracy is measured on and what its interval means, in a few sentences. */
    words: z.string(),
  })
  .readonly()

/** Something that these images can't tell, and why. */
const unknownSchema = z.object({ code: z.string(), words: z.string() }).readonly()

/**
 * Value on an `advice` wire: what was measured of images and networks, and what follows from it. Accuracies are shares
 * from 0 to 1; all intervals are of 95 %.
 */
export const adviceValueSchema = z.object({
  kind: z.literal('advice'),
  data: advisedDataSchema,
  method: methodSchema,
  networks: list(advisedNetworkSchema),
  position: advicePositionSchema.nullable(),
  profiles: list(transferProfileSchema),
  /** The best first, as far as it is known. */
  candidates: list(adviceCandidateSchema),
  curve: learningCurveSchema.nullable(),
  findings: list(adviceFindingSchema),
  recommendation: recommendationSchema,
  textbook: textbookSchema.nullable(),
  /** Accuracy of the answer that is the most frequent class for every image; null without images. */
  guessing: estimateSchema.nullable(),
  unknowns: list(unknownSchema),
})
export type AdviceValue = Readonly<z.output<typeof adviceValueSchema>>

/** A candidate by its id; undefined when the advice has none of that name. */
export const candidateOf = (
  { candidates }: Pick<AdviceValue, 'candidates'>,
  id: string | null,
): AdviceValue['candidates'][number] | undefined => candidates.find((candidate) => candidate.id === id)
