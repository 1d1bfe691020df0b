import { must } from '@graft/errors'
import { z } from 'zod'
import type { DatasetValue, Sample, Transform } from '@graft/graph-schema'
import type { Preprocessing } from '@graft/network'
import { contactSheet } from '../../image-files/contact-sheet.js'
import { Preparer } from '../../loader/prepare.js'
import { defineNode } from '../../sdk/define-node.js'
import type { NodeContext } from '../../sdk/node-context.js'
import { NodeError } from '../../sdk/node-error.js'
import { choiceField, fractionField, rangeField, seedField, switchField } from '../../sdk/fields.js'
import { datasetPort } from '../../sdk/ports.js'
import { readSamples } from '../../sdk/samples.js'
import { bindTransforms } from '../../transforms/index.js'

const params = z.strictObject({
  horizontalFlip: switchField(true, {
    title: 'Horizontal flip',
    description: 'Swap left and right half of the time. Switch off when sides matter (text, traffic signs).',
  }),
  verticalFlip: switchField(false, {
    title: 'Vertical flip',
    description:
      'Swap top and bottom half of the time. For images with no right way up, such as those from microscopes and satellites.',
  }),
  minCrop: fractionField(
    0.5,
    {
      title: 'Smallest crop',
      description:
        'A random part of at least this share of the image is cut out and resized. 1: always the whole image.',
    },
    { min: 0.05 },
  ),
  cropRatio: rangeField(4 / 3, 1, 4, {
    title: 'Crop ratio',
    description: 'How much the shape of the crop may vary, either way. 1: never.',
  }),
  rotation: rangeField(0, 0, 180, {
    title: 'Rotation',
    description: 'Largest angle of a random turn, either way.',
    unit: 'degrees',
  }),
  translation: fractionField(0, {
    title: 'Translation',
    description: 'Largest random shift, as a share of the image.',
  }),
  brightness: fractionField(0.2, { title: 'Brightness', description: 'Largest random change, either way.' }),
  contrast: fractionField(0.2, { title: 'Contrast', description: 'Largest random change, either way.' }),
  saturation: fractionField(0.2, { title: 'Saturation', description: 'Largest random change, either way.' }),
  hue: fractionField(
    0,
    {
      title: 'Hue',
      description: 'Largest random turn of the colour circle. Keep small when colour tells classes apart.',
    },
    { max: 0.5 },
  ),
  grayscale: fractionField(0, { title: 'Grayscale', description: 'Probability of taking all colour away.' }),
  blur: fractionField(0, { title: 'Blur', description: 'Probability of blurring by a random amount.' }),
  erasing: fractionField(0, {
    title: 'Erasing',
    description: 'Probability of blanking out a random rectangle, so that no single part is relied on.',
  }),
  perspective: fractionField(0, {
    title: 'Perspective',
    description: 'Probability of showing the image as if from another side.',
  }),
  noise: fractionField(0, { title: 'Noise', description: 'Probability of adding grain, of a random strength.' }),
  compression: fractionField(0, {
    title: 'Compression',
    description: 'Probability of what a strong JPEG compression leaves: blocks and washed-out colours.',
    advanced: true,
  }),
  interpolation: fractionField(0, {
    title: 'Other resizing',
    description:
      'Probability of resizing by the other method (bilinear or bicubic): for images that come from elsewhere later.',
    advanced: true,
  }),
  policy: choiceField(['none', 'trivial', 'random'], 'none', {
    title: 'Policy',
    description:
      '`trivial`: one change out of fourteen per view, at any strength (TrivialAugment; nothing to tune). `random`: several at one strength (RandAugment). Both come on top of the changes above.',
  }),
  policyStrength: fractionField(0.5, {
    title: 'Policy strength',
    description:
      'Largest strength of `trivial`, the strength of `random`. Small data and pre-trained networks: 0.5 or less.',
    advanced: true,
  }),
  policyCount: rangeField(2, 1, 8, {
    title: 'Policy changes',
    description: '`random`: how many changes per view.',
    advanced: true,
  }),
  seed: seedField('Seed of all random draws; every view of every image gets its own.'),
})
type Params = z.output<typeof params>

export const augment = defineNode({
  type: 'augment',
  version: 1,
  title: 'Augment',
  category: 'Data',
  keywords: [
    'augmentation',
    'transform',
    'flip',
    'crop',
    'rotate',
    'blur',
    'colour',
    'color',
    'jitter',
    'normalise',
    'normalize',
  ],
  doc: `Shows each training image differently every time: mirrored, cropped, recoloured. Put it between Split's train output and Train; validation and test images stay as they are.
The changes are data, applied while training loads the images. With a frozen backbone every new view costs a pass through it; Train's "Cached views" bounds that.`,
  inputs: {
    images: datasetPort(
      'Training images. Scores on randomly changed validation or test images mean nothing, so those are not accepted.',
      { splits: ['train'] },
    ),
  },
  outputs: {
    images: datasetPort('The same images, to be changed at random when they are loaded.', {
      splits: ['train'],
      classesFrom: { port: 'images' },
    }),
  },
  params,
  async run({ inputs, params: settings, context }) {
    const images = inputs.images
    if (images.split !== 'train')
      throw new NodeError(
        'images',
        `These are ${images.split} images; random changes belong to training images only.`,
        'Connect the train output of Split.',
      )
    const added = usedTransforms(settings)
    if (added.length === 0)
      context.emit({ type: 'log', level: 'warning', message: 'All changes are off: the images stay as they are.' })
    const transforms = [...images.transforms, ...added]
    await emitViews(await readSamples(images, context.store), transforms, context)
    const names = added.map((transform) => transform.name).join(', ')
    const augmented: DatasetValue = {
      ...images,
      transforms,
      provenance: [...images.provenance, `Augment: ${names === '' ? 'nothing' : names}`],
    }
    return { images: augmented }
  },
})

/** The transforms that change anything, in the order in which they are applied. */
function usedTransforms(settings: Params): readonly Transform[] {
  const { seed, brightness, contrast, saturation, hue } = settings
  const all: readonly Transform[] = [
    { name: 'resizedCrop', options: { minScale: settings.minCrop, ratio: settings.cropRatio }, seed },
    { name: 'horizontalFlip', options: { probability: settings.horizontalFlip ? 0.5 : 0 }, seed },
    { name: 'verticalFlip', options: { probability: settings.verticalFlip ? 0.5 : 0 }, seed },
    { name: 'rotation', options: { degrees: settings.rotation }, seed },
    { name: 'translation', options: { fraction: settings.translation }, seed },
    { name: 'colorJitter', options: { brightness, contrast, saturation, hue }, seed },
    { name: 'grayscale', options: { probability: settings.grayscale }, seed },
    { name: 'blur', options: { probability: settings.blur }, seed },
    { name: 'erasing', options: { probability: settings.erasing }, seed },
    { name: 'perspective', options: { probability: settings.perspective }, seed },
    { name: 'noise', options: { probability: settings.noise }, seed },
    { name: 'compression', options: { probability: settings.compression }, seed },
    { name: 'interpolation', options: { probability: settings.interpolation }, seed },
    ...policyOf(settings),
  ]
  return all.filter((transform) => bindTransforms([transform]).length > 0)
}

function policyOf({ policy, policyStrength: strength, policyCount, seed }: Params): readonly Transform[] {
  if (policy === 'trivial') return [{ name: 'trivialAugment', options: { strength }, seed }]
  if (policy === 'random') return [{ name: 'randAugment', options: { count: Math.round(policyCount), strength }, seed }]
  return []
}

/** Size and number of images on the preview; what the network will want is not known here. */
const previewSize = 96
const previewImages = 4
const previewViews = 7
const previewPreprocessing: Preprocessing = {
  height: previewSize,
  width: previewSize,
  resize: 'crop',
  cropFraction: 1,
  interpolation: 'bilinear',
  channelOrder: 'rgb',
  mean: [0.5, 0.5, 0.5],
  deviation: [1, 1, 1],
}

/** Emits a sheet with a few images of different classes, each as it is and then as training may see it. */
async function emitViews(
  samples: readonly Sample[],
  transforms: readonly Transform[],
  context: NodeContext,
): Promise<void> {
  const shown = Array.from({ length: Math.min(previewImages, samples.length) }, (_, index) =>
    must(samples[Math.floor((index * samples.length) / previewImages)], 'a sample to show'),
  )
  if (shown.length === 0) return
  const plain = new Preparer({ preprocessing: previewPreprocessing, transforms: [], seed: 0 }, 0)
  const changed = new Preparer({ preprocessing: previewPreprocessing, transforms, seed: 0 }, 16 * 2 ** 20)
  const rows = await Promise.all(
    shown.map(async (sample) => {
      const views = await Promise.all(Array.from({ length: previewViews }, (_, view) => changed.image(sample, view)))
      return [await plain.image(sample, 0), ...views]
    }),
  )
  const blob = await context.store.put(await contactSheet(rows), 'image/jpeg', 'augmented.jpg')
  context.emit({ type: 'preview', title: 'Each row: an image as it is, then as training may see it', blob })
}
