import { z } from 'zod'
import { estimateSchema } from './estimate.js'

/**
 * How a candidate is trained: a linear head by the solver or by least squares, class means, the head and then the network,
 * or all from scratch.
 */
export const recipes = ['probe', 'leastSquares', 'classMeans', 'fineTune', 'scratch'] as const
export type Recipe = (typeof recipes)[number]

/** One way to go: a network, the features that its head reads, and a recipe. */
export const adviceCandidateSchema = z
  .object({
    id: z.string(),
    /** For those who know networks: `MobileNet v1 0.75, all stages, solver`. */
    title: z.string(),
    network: z.string(),
    /** What the head reads: the last stage that is kept, or all of them. */
    features: z.enum(['last', 'all']),
    /** The last stage that is kept; null: everything but the classifier. */
    cut: z.string().nullable(),
    recipe: z.enum(recipes),
    /** Accuracy on new images after training on all images that the advice saw; null where nothing supports a number. */
    accuracy: estimateSchema.nullable(),
    /** `tried`: trained on a small budget, because that was asked for. */
    status: z.enum(['measured', 'predicted', 'tried']),
    /** What the number rests on, in a sentence. */
    basis: z.string(),
    /** Training on this machine, from photos to weights. */
    seconds: z.number(),
    /** The exported model, with its head. */
    modelBytes: z.number(),
    macs: z.number(),
  })
  .readonly()
export type AdviceCandidate = z.output<typeof adviceCandidateSchema>
