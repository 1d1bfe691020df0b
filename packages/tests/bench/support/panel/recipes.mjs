// All recipes of `npm run bench panel`, and on how much of the panel each runs, in the order in which they run: a head takes
// a second, a training of the whole network up to some minutes.
import { fineTuning, wholeFineTuning } from './fine-tuning.mjs'
import { headAids, heads } from './heads.mjs'

/** The first is what the others are compared with. */
export const recipes = [...heads, ...headAids, ...fineTuning, ...wholeFineTuning]

const everySeed = [1, 2, 3]

/** What runs together: recipes, images per class, and seeds. */
export const parts = [
  ...[5, 20, 60].map((size) => ({ recipes: heads, size, seeds: everySeed })),
  ...[5, 20].flatMap((size) => [
    { recipes: [...headAids, ...fineTuning], size, seeds: [1] },
    { recipes: wholeFineTuning, size, seeds: [1] },
  ]),
]
