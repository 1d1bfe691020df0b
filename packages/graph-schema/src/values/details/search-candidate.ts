import { z } from 'zod'

/**
 * What of a network trains, and how: first what the advisor recommends most often, which the others have to beat, then
 * from the cheapest to the dearest.
 */
export const searchRecipes = [
  'leastSquares',
  'stages',
  'neighbours',
  'pooled',
  'pooledLeastSquares',
  'mirrored',
  'head',
  'norms',
  'lastStage',
  'everything',
] as const
export type SearchRecipe = (typeof searchRecipes)[number]

export const searchAugmentations = ['none', 'light', 'strong'] as const
export type SearchAugmentation = (typeof searchAugmentations)[number]

/** One way to make a network: all that distinguishes a trial from the others of a search. */
export const searchCandidateSchema = z.object({
  /** Which of the connected networks, from 0, and its name. */
  network: z.int().min(0),
  name: z.string(),
  /** How many late stages are cut off, and the stage that is the last one then. */
  removed: z.int().min(0),
  last: z.string(),
  recipe: z.enum(searchRecipes),
  /** Learning rate; null where nothing is trained step by step. */
  rate: z.number().nullable(),
  augmentation: z.enum(searchAugmentations),
})
export type SearchCandidate = Readonly<z.output<typeof searchCandidateSchema>>
