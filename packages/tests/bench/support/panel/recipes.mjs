// All recipes of `npm run bench panel`, and where each runs. Heads see images as the backbone was trained on them.
// Fine-tuning sees smaller ones, which cost a third, and is compared with the probe on the same: no set is sharper than
// that by much (flowers have 128 pixels a side, coins 150), and MobileNet is made for this size too.
import { fineTuning, wholeFineTuning } from './fine-tuning.mjs'
import { headAids, heads } from './heads.mjs'

const [full, small] = [224, 128]
export const allSizes = [5, 20, 60]
export const allSeeds = [1, 2, 3]

/** Recipes by the images that they see; the first of each is what the others are compared with. */
export const families = [
  { pixels: full, recipes: [...heads, ...headAids] },
  { pixels: small, recipes: [...fineTuning, ...wholeFineTuning] },
]

/** At 20 images per class recipes differ most, at 60 they take longest. */
const mostInformativeFirst = [20, 5, 60]
/** How many of three seeds train by steps, by images per class: where that takes longest, accuracy varies least. */
const lastStageSeeds = { 5: 3, 20: 3, 60: 1 }
const wholeSeeds = { 5: 3, 20: 1, 60: 1 }

/** What runs together, in the order in which it runs: recipes, images per class, seed. `all`: every seed of everything. */
export function partsOf(seeds, all) {
  const part = (recipes, pixels, size, seed) => ({ recipes, pixels, size, seed })
  const steps = (recipes, size, seed, most) => (all || seed <= most[size] ? [part(recipes, small, size, seed)] : [])
  return [
    ...mostInformativeFirst.flatMap((size) => seeds.map((seed) => part(heads, full, size, seed))),
    ...seeds.flatMap((seed) =>
      mostInformativeFirst.flatMap((size) => [
        ...steps(fineTuning, size, seed, lastStageSeeds),
        ...steps(wholeFineTuning, size, seed, wholeSeeds),
        part(headAids, full, size, seed),
      ]),
    ),
  ]
}
