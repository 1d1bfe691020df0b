import type { Network, Preprocessing } from '../../network.js'
import type { PreprocessingOrigin } from '../../preprocessing-origin.js'
import { scalingNamed } from '../../preprocessing/scalings.js'

const minusOneToOne = scalingNamed('minus-one-to-one')
const zeroToOne = scalingNamed('zero-to-one')
const raw = scalingNamed('zero-to-255')

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
 * raw pixels) and by the names of models and files.
 */
export function guessPreprocessing(
  input: Network['input'],
  names: readonly string[],
  hasOwnScaling: boolean,
): Pick<Network, 'preprocessing'> & { readonly preprocessingOrigin: PreprocessingOrigin } {
  const [, height = 224, width = 224] = input.shape
  const known = names.find((name) => minusOneToOneNames.test(name))
  const scaling = hasOwnScaling ? raw : known ? minusOneToOne : zeroToOne
  return {
    preprocessing: {
      height,
      width,
      ...(known === undefined ? stretched : cropped),
      interpolation: 'bilinear',
      ...scaling,
    },
    preprocessingOrigin: originFor(known, hasOwnScaling),
  }
}

function originFor(known: string | undefined, hasOwnScaling: boolean): PreprocessingOrigin {
  if (hasOwnScaling) return { how: 'graph', reason: 'the network scales pixels itself', certain: false }
  return known === undefined
    ? { how: 'assumed', reason: 'nothing in the model says how images were prepared', certain: false }
    : { how: 'family', reason: `by the name ${known}, whose family wants it`, certain: true }
}
