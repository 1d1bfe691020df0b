import { imageWays, recipeTitles, searchAugmentations, searchImages, searchRecipes } from '@graft/graph-schema'
import { z } from 'zod'
import { seedField } from '../../../sdk/fields.js'

/** What Search can be set to. */
export const searchParams = z.strictObject({
  minutes: z.number().min(0).max(10_080).default(10).meta({
    title: 'Minutes',
    description: 'No training is begun that is expected to end later; the winner is trained after that. 0: no limit.',
    unit: 'minutes',
  }),
  trials: z.int().min(1).max(500).default(16).meta({
    title: 'Trials',
    description: 'Most candidates: the cheap ones, and of the dear ones as many as there is room for, drawn by lot.',
    unit: 'candidates',
  }),
  recipes: z
    .array(z.enum(searchRecipes))
    .min(1)
    .max(searchRecipes.length)
    .default(searchRecipes.filter((recipe) => recipe !== 'head'))
    .meta({
      title: 'Recipes',
      description:
        'What of a network may train, and how. The first is what the Scenario Advisor recommends most often; on the middle and the whole of images it is what the others have to beat, by more than a standard error. The last three are trained step by step; the others are solved. A head on all stages may choose the last alone, so the one on the last stage is left out by default.',
      choiceTitles: recipeTitles,
    }),
  cuts: z
    .array(z.int().min(0).max(10))
    .min(1)
    .max(11)
    .default([0, 1])
    .meta({ title: 'Cuts', description: 'How many late stages may be cut off; 0 keeps all.', unit: 'stages' }),
  images: z
    .array(z.enum(searchImages))
    .min(1)
    .max(searchImages.length)
    .default(['asItIs', 'twice'])
    .meta({
      title: 'Images',
      description:
        'What of an image the network sees. The middle and the whole take twice the time, in use too, and such a network is written as ONNX or as a PyTorch program only; larger ones (sides 9/7 as long: 288 pixels for 224) take 1.65 times. Tried on whole networks with the first recipe.',
      choiceTitles: Object.fromEntries(Object.entries(imageWays).map(([way, { title }]) => [way, title])),
    }),
  rates: z
    .array(z.number().positive().max(10))
    .min(1)
    .max(20)
    .default([0.0001, 0.0003, 0.001])
    .meta({ title: 'Learning rates', description: 'For what is trained step by step.' }),
  augmentations: z
    .array(z.enum(searchAugmentations))
    .min(1)
    .max(searchAugmentations.length)
    .default(['none', 'light'])
    .meta({ title: 'Augmentation', description: 'For what is trained step by step.' }),
  epochs: z
    .int()
    .min(1)
    .max(1000)
    .default(8)
    .meta({ title: 'Epochs', description: 'For what is trained step by step.', unit: 'epochs' }),
  folds: z.int().min(2).max(10).default(3).meta({
    title: 'Folds',
    description:
      'The training images are divided into so many parts; each candidate is measured on parts that it did not learn from.',
    unit: 'folds',
    advanced: true,
  }),
  seed: seedField('Seed of folds, heads, training and of the candidates that are drawn.'),
})
export type SearchParams = z.output<typeof searchParams>
