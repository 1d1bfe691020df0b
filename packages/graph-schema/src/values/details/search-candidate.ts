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

/** What of an image the network sees: what its preprocessing says, the middle and the whole, the whole, more pixels. */
export const searchImages = ['asItIs', 'twice', 'whole', 'larger', 'largerWhole'] as const
export type SearchImages = (typeof searchImages)[number]

/** One way to make a network: all that distinguishes a trial from the others of a search. */
export const searchCandidateSchema = z.object({
  /** Which of the connected networks, from 0, and its name. */
  network: z.int().min(0),
  name: z.string(),
  /** How many late stages are cut off, and the stage that is the last one then. */
  removed: z.int().min(0),
  last: z.string(),
  /** Images that are prepared otherwise than the network says; absent: as it says. */
  images: z
    .object({
      height: z.int().min(1),
      width: z.int().min(1),
      /** Stretched, instead of cut to the middle. */
      whole: z.boolean(),
      /** Their middle and the whole of them. */
      twice: z.boolean(),
      /** How many times the work of the network's own images. */
      work: z.number().positive(),
    })
    .exactOptional(),
  recipe: z.enum(searchRecipes),
  /** Learning rate; null where nothing is trained step by step. */
  rate: z.number().nullable(),
  augmentation: z.enum(searchAugmentations),
})
export type SearchCandidate = Readonly<z.output<typeof searchCandidateSchema>>
