import { FormatError } from '../../weight-format.js'
import type { NetworkFormat } from '../format.js'
import type { Hdf5Contents } from '../hdf5/contents.js'
import { isHdf5 } from '../hdf5/contents.js'
import { readHdf5 } from '../hdf5/read-hdf5.js'
import { classNameFiles, parseJson } from '../keras-layers/class-names.js'
import { findByEnd } from '../keras-layers/find-weight.js'
import { dialectOf, folderOf, kerasNetwork } from '../keras-layers/keras-network.js'
import { parseTopology } from '../keras-layers/topology.js'
import type { ModelFiles } from '../model-files.js'

const title = 'Keras model (HDF5)'
const weightsGroup = 'model_weights/'
const ownWeights = `${weightsGroup}top_level_model_weights/`

/**
 * Keras models as model.save('model.h5') writes them, Keras 1 to 3 and Teachable Machine: the description as a text on
 * the root, the weights in groups by layer. Class names come from `labels.txt` beside it.
 */
export const kerasH5Format: NetworkFormat = {
  id: 'keras-h5',
  title,
  kind: 'network',
  extensions: ['.h5', '.hdf5'],
  nameTells: true,
  recognises: isHdf5,
  parts: (_, name) => Promise.resolve([name, ...classNameFiles(folderOf(name))]),
  read: async (files, name) => {
    const contents = await readHdf5(new Uint8Array(await files.read(name)), labelOf(files, name))
    const model = parseTopology(descriptionIn(contents, labelOf(files, name)))
    return kerasNetwork(model, {
      files,
      directory: folderOf(name),
      dialect: dialectOf(contents.attributes.keras_version ?? ''),
      findWeight: findByEnd(weightsIn(contents)),
      title,
    })
  },
}

const labelOf = (files: ModelFiles, name: string): string =>
  files.label.endsWith(name) ? files.label : `${name} in ${files.label}`

function descriptionIn({ attributes }: Hdf5Contents, label: string): unknown {
  const text = attributes.model_config
  if (text === undefined)
    throw new FormatError(
      `${label} holds weights without the description of their model, as model.save_weights() writes them.`,
      'Build the model in Keras, load the weights and save all of it: model.load_weights("FILE"); model.save("model.keras").',
    )
  return parseJson(new TextEncoder().encode(text))
}

/** By their paths below `model_weights`; Keras 3 keeps a model's own variables, which no layer has, beside them. */
function weightsIn({ tensors }: Hdf5Contents): Hdf5Contents['tensors'] {
  return new Map(
    [...tensors]
      .filter(([path]) => path.startsWith(weightsGroup) && !path.startsWith(ownWeights))
      .map(([path, tensor]) => [path.slice(weightsGroup.length), tensor]),
  )
}
