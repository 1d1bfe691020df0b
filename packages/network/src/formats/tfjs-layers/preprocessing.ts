import type { Network, Preprocessing } from '../../network.js'

type Scaling = Pick<Preprocessing, 'channelOrder' | 'mean' | 'deviation'> & { readonly note: string }

const minusOneToOne: Scaling = {
  channelOrder: 'rgb',
  mean: [0.5, 0.5, 0.5],
  deviation: [0.5, 0.5, 0.5],
  note: 'pixels to [-1, 1]',
}
const zeroToOne: Scaling = { channelOrder: 'rgb', mean: [0, 0, 0], deviation: [1, 1, 1], note: 'pixels to [0, 1]' }
const raw: Scaling = {
  channelOrder: 'rgb',
  mean: [0, 0, 0],
  deviation: [1 / 255, 1 / 255, 1 / 255],
  note: 'raw pixels 0 to 255',
}

/** Families of keras.applications whose preprocess_input has mode "tf". */
const minusOneToOneNames = /mobilenet|inception|xception|nasnet|resnet\d*_?v2|teachable/i

/**
 * ImageNet classifiers are evaluated on the centre of the image, its proportions kept; stretching costs them a point
 * or two.
 */
const cropped: Pick<Preprocessing, 'resize' | 'cropFraction'> = { resize: 'crop', cropFraction: 0.875 }
const stretched: Pick<Preprocessing, 'resize' | 'cropFraction'> = { resize: 'stretch', cropFraction: 1 }

/**
 * What images must look like. A layers-model doesn't say, so this goes by what it contains (its own rescaling wants
 * raw pixels) and by the names of models and files; the note says what was assumed, for the history.
 */
export function guessPreprocessing(
  input: Network['input'],
  names: readonly string[],
  hasOwnScaling: boolean,
): { preprocessing: Preprocessing; note: string } {
  const [, height = 224, width = 224] = input.shape
  const known = names.find((name) => minusOneToOneNames.test(name))
  const { note, ...scaling } = hasOwnScaling ? raw : known ? minusOneToOne : zeroToOne
  const reason = hasOwnScaling
    ? 'the model scales them itself'
    : known
      ? `by the name ${known}`
      : 'nothing in the model says otherwise'
  return {
    preprocessing: {
      height,
      width,
      ...(known === undefined ? stretched : cropped),
      interpolation: 'bilinear',
      ...scaling,
    },
    note: `preprocessing assumed: ${note} (${reason})`,
  }
}
