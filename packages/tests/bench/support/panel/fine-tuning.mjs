// Recipes of `npm run bench panel` that train more than the head. Each begins with the probe's head (the solver's), so
// that the difference to the probe is what going on brings; each has one setting for all sets, none was tuned on them.
import { addAdapters, freeze } from '@graft/network'
import { answersOf, headed, mirroredAnswersOf, openImages, train, withValues } from './training.mjs'
import { flipsAndCrops } from './heads.mjs'

/** The last stage, from where the frozen part's values are kept: cheap enough for many epochs. */
const lateStages = {
  open: (network) => freeze(network, { frozen: false, from: 'stage4' }),
  settings: { epochs: 12, learningRate: 0.001, backboneMultiplier: 0.1, warmup: 0.1 },
}
const fewParameters = { epochs: 8, learningRate: 0.001, backboneMultiplier: 1, warmup: 0.1 }

const wholeNetwork = [
  {
    // The template `photos-probe-fine-tune`.
    name: 'probe, then fine-tune (LP-FT)',
    open: (network) => freeze(network, { frozen: false }),
    settings: { epochs: 8, learningRate: 0.0002, backboneMultiplier: 0.5, layerDecay: 0.75, warmup: 0.1 },
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
  { name: 'flips and crops', transforms: flipsAndCrops },
  { name: 'TrivialAugment', transforms: [...flipsAndCrops, { name: 'trivialAugment', options: {}, seed: 3 }] },
  { name: 'RandAugment', transforms: [...flipsAndCrops, { name: 'randAugment', options: {}, seed: 3 }] },
  { name: 'mixup or cutmix', settings: { mix: 'either' } },
  { name: 'moving average', settings: { averageDecay: 0.99 } },
  { name: 'soup of the last five epochs', settings: { soup: 5 } },
  { name: 'gradual unfreezing', settings: { unfreezeEvery: 3 } },
  { name: 'answers over the mirror image', answers: mirroredAnswersOf },
]

export const fineTuning = [
  { name: 'last stage', answers: tuned(lateStages) },
  ...aids.map(({ name, settings = {}, ...rest }) => ({
    name: `last stage, ${name}`,
    answers: tuned({ ...lateStages, settings: { ...lateStages.settings, ...settings }, ...rest }),
  })),
]
export const wholeFineTuning = wholeNetwork.map(({ name, ...recipe }) => ({ name, answers: tuned(recipe) }))

/** The probe's network, opened up and trained on. */
function tuned({ open, settings, transforms, answers = answersOf }) {
  return async (cell) => {
    const probe = await train(cell, await headed(cell), { method: 'solver' })
    const network = open(freeze(probe.network, { frozen: false, from: 'head' }), cell.seed)
    const model = await withValues(network, probe.tensors)
    const images = transforms ? openImages(cell, cell.trainSamples, transforms) : cell.train
    try {
      return await answers(cell, await train(cell, model, settings, images))
    } finally {
      if (transforms) await images.close()
    }
  }
}
