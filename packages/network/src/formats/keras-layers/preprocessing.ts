import type { Network, Preprocessing } from '../../network.js'
import type { PreprocessingOrigin } from '../../preprocessing-origin.js'
import { scalingNamed } from '../../preprocessing/scalings.js'
import { claimOfKerasFamily } from '../claims/keras-families.js'

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
  const family = claimOfKerasFamily(names, hasOwnScaling)
  const scaling = family?.scaling ?? scalingNamed(hasOwnScaling ? 'zero-to-255' : 'zero-to-one')
  return {
    preprocessing: {
      height,
      width,
      ...(family === null ? stretched : cropped),
      interpolation: 'bilinear',
      ...scaling,
    },
    preprocessingOrigin: family?.origin ?? unsaid(hasOwnScaling),
  }
}

/** Not certain: what goes into layers that scale is worked out from what they do. */
const unsaid = (hasOwnScaling: boolean): PreprocessingOrigin =>
  hasOwnScaling
    ? { how: 'graph', reason: 'it scales pixels itself; raw ones are assumed', certain: false }
    : { how: 'assumed', reason: 'nothing in the model says how images were prepared', certain: false }
