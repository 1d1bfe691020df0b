// Recipes of `npm run bench panel` that train more than the head. Each begins with the probe's head (the solver's), so
// that the difference to the probe is what going on brings; each has one setting for all sets, none was tuned on them.
import { addAdapters, freeze } from '@graft/network'
import { flipsAndCrops, heads } from './heads.mjs'
import { answersOf, mirroredAnswersOf, probeOf, train, withValues } from './training.mjs'

/** Small batches: with a few dozen images, larger ones would leave a handful of steps. */
const batchSize = 16
/** Views of an image, drawn once and shown in turn, by images per class: a pass for each is what such a training costs. */
const views = { 5: 4, 20: 4, 60: 2 }

/** The last stage, from where the frozen part's values are kept: cheap enough for many epochs. */
const lastStage = {
  open: (network) => freeze(network, { frozen: false, from: 'stage4' }),
  settings: { learningRate: 0.001, backboneMultiplier: 0.1, warmup: 0.1 },
  epochs: { 5: 12, 20: 8, 60: 5 },
}
const fewParameters = { learningRate: 0.001, backboneMultiplier: 1, warmup: 0.1 }
const fewEpochs = { 5: 8, 20: 6, 60: 4 }

// The template `photos-probe-fine-tune`.
const probeThenFineTune = {
  open: (network) => freeze(network, { frozen: false }),
  settings: { learningRate: 0.0002, backboneMultiplier: 0.5, layerDecay: 0.75, warmup: 0.1 },
}

const wholeNetwork = [
  { ...probeThenFineTune, name: 'probe, then fine-tune (LP-FT)' },
  {
    ...probeThenFineTune,
    name: 'LP-FT, growing images',
    settings: { ...probeThenFineTune.settings, startSize: 64 },
  },
  {
    name: 'norms and biases',
    open: (network) => freeze(network, { frozen: false, kinds: ['biases', 'normalisation'] }),
    settings: fewParameters,
  },
  {
    name: 'LoRA',
    open: (network, seed) => addAdapters(network, { adapter: 'lora', rank: 8, alpha: 8, seed }),
    settings: fewParameters,
  },
  {
    name: 'scale and shift (SSF)',
    open: (network, seed) => addAdapters(network, { adapter: 'scale-and-shift', rank: 8, alpha: 8, seed }),
    settings: fewParameters,
  },
]

/** What is added to the training of the last stage. */
const aids = [
  { name: 'gradual unfreezing', settings: { unfreezeEvery: 2 } },
  { name: 'flips and crops', transforms: flipsAndCrops },
  { name: 'RandAugment', transforms: [...flipsAndCrops, { name: 'randAugment', options: {}, seed: 3 }] },
  { name: 'TrivialAugment', transforms: [...flipsAndCrops, { name: 'trivialAugment', options: {}, seed: 3 }] },
  { name: 'mixup or cutmix', settings: { mix: 'either' } },
  { name: 'moving average', settings: { averageDecay: 0.99 } },
  { name: 'soup of the last five epochs', settings: { soup: 5 } },
]

const ofLastStage = (cell) => cell.once('last stage', () => tune(cell, lastStage))

/** The first two are heads at this size of images: what fine-tuning has to be ahead of. */
export const fineTuning = [
  ...heads.slice(0, 2),
  { name: 'last stage', answers: async (cell) => answersOf(cell, await ofLastStage(cell)) },
  {
    name: 'last stage, answers over the mirror image',
    answers: async (cell) => mirroredAnswersOf(cell, await ofLastStage(cell)),
  },
  ...aids.map(({ name, settings = {}, ...rest }) =>
    tuned({ ...lastStage, name: `last stage, ${name}`, settings: { ...lastStage.settings, ...settings }, ...rest }),
  ),
]

/** With as many seeds as what trains the whole network. */
export const wholeFineTuning = [
  ...wholeNetwork.map((recipe) => tuned({ ...recipe, epochs: fewEpochs })),
  tuned({ ...lastStage, name: 'last stage, focal loss', settings: { ...lastStage.settings, focalGamma: 2 } }),
]

function tuned({ name, ...recipe }) {
  return { name, answers: async (cell) => answersOf(cell, await tune(cell, recipe)) }
}

/** The probe's network, opened up and trained on. */
async function tune(cell, { open, settings, epochs, transforms }) {
  const probe = await probeOf(cell)
  const network = open(freeze(probe.network, { frozen: false, from: 'head' }), cell.seed)
  const model = await withValues(network, probe.tensors)
  const all = { batchSize, epochs: epochs[cell.size], ...(transforms && { views: views[cell.size] }), ...settings }
  return train(cell, model, all, transforms ? cell.images(cell.trainSamples, transforms) : cell.train)
}
