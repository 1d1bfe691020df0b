// All recipes of `npm run bench panel`, and on how much of the panel each runs: a head takes a second, a training of the
// whole network up to some minutes.
import { fineTuning, wholeFineTuning } from './fine-tuning.mjs'
import { headAids, heads } from './heads.mjs'

/** Which cells a recipe runs on: images per class, and the seeds for each. */
const everywhere = { 5: [1, 2, 3], 20: [1, 2, 3], 60: [1, 2, 3] }
const oneSeed = { 5: [1], 20: [1] }

const on = (cells, recipes) => recipes.map((recipe) => ({ ...recipe, cells }))

/** The first is what the others are compared with. */
export const recipes = [
  ...on(everywhere, heads),
  ...on(oneSeed, headAids),
  ...on(oneSeed, fineTuning),
  ...on(oneSeed, wholeFineTuning),
]
