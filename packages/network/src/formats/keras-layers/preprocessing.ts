import type { Network, Preprocessing } from '../../network.js'
import type { PreprocessingOrigin } from '../../preprocessing-origin.js'
import { scalingNamed } from '../../preprocessing/scalings.js'
import { claimOfKerasFamily, type FamilyClaim } from '../claims/keras-families.js'
import { familyByLayers, isTeachableMachine } from './family-by-layers.js'
import type { KerasModel } from './topology.js'

type Framing = Pick<Preprocessing, 'resize' | 'cropFraction'>

/**
 * ImageNet classifiers are evaluated on the centre of the image, its proportions kept; stretching costs them a point
 * or two.
 */
const cropped: Framing = { resize: 'crop', cropFraction: 0.875 }
const square: Framing = { resize: 'crop', cropFraction: 1 }
const stretched: Framing = { resize: 'stretch', cropFraction: 1 }

/**
 * What images must look like. Keras' files don't say, so this goes by what the model contains (its own rescaling wants
 * raw pixels), by the names of models and files, and by the layers of known networks.
 */
export function guessPreprocessing(
  input: Network['input'],
  model: KerasModel,
  label: string,
): Pick<Network, 'preprocessing'> & { readonly preprocessingOrigin: PreprocessingOrigin } {
  const [, height = 224, width = 224] = input.shape
  const scalesInside = hasOwnScaling(model)
  const claim = claimOf(model, label, scalesInside)
  return {
    preprocessing: {
      height,
      width,
      ...(claim?.framing ?? stretched),
      interpolation: 'bilinear',
      ...(claim?.scaling ?? scalingNamed(scalesInside ? 'zero-to-255' : 'zero-to-one')),
    },
    preprocessingOrigin: claim?.origin ?? unsaid(scalesInside),
  }
}

/** The family of keras.applications that a model belongs to, by its names or its layers; undefined when there is none. */
export function knownFamily(model: KerasModel, label: string): string | undefined {
  const byLayers = familyByLayers(model)
  const names = namesOf(model, label)
  return byLayers ?? names.find((name) => claimOfKerasFamily([name], hasOwnScaling(model)) !== null)
}

function claimOf(
  model: KerasModel,
  label: string,
  scalesInside: boolean,
): (FamilyClaim & { readonly framing: Framing }) | null {
  if (isTeachableMachine(model) && !scalesInside) {
    const reason = 'it is laid out as Teachable Machine does it, which scales images so'
    return {
      scaling: scalingNamed('minus-one-to-one'),
      framing: square,
      origin: { how: 'family', reason, certain: true },
    }
  }
  const byName = claimOfKerasFamily(namesOf(model, label), scalesInside)
  if (byName !== null) return { ...byName, framing: cropped }
  const family = familyByLayers(model)
  const byLayers = family === undefined ? null : claimOfKerasFamily([family], scalesInside)
  if (byLayers === null) return null
  const reason = `it has the layers of ${family}: Keras prepares images so for it`
  return { scaling: byLayers.scaling, framing: cropped, origin: { how: 'family', reason, certain: true } }
}

/** The folder often has the network's name; those above it mean other things. */
const namesOf = (model: KerasModel, label: string): readonly string[] => [
  ...modelNames(model),
  label.split(/[/\\]/).slice(-2).join('/'),
]

const modelNames = (model: KerasModel): readonly string[] => [
  model.name,
  ...model.layers.flatMap((layer) => (layer.model ? [layer.name, ...modelNames(layer.model)] : [])),
]

const hasOwnScaling = (model: KerasModel): boolean =>
  model.layers.some(
    (layer) =>
      layer.className === 'Rescaling' ||
      layer.className === 'Normalization' ||
      (layer.model !== undefined && hasOwnScaling(layer.model)),
  )

/** Not certain: what goes into layers that scale is worked out from what they do. */
const unsaid = (hasOwnScaling: boolean): PreprocessingOrigin =>
  hasOwnScaling
    ? { how: 'graph', reason: 'it scales pixels itself; raw ones are assumed', certain: false }
    : { how: 'assumed', reason: 'nothing in the model says how images were prepared', certain: false }
