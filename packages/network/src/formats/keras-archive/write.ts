import type { TensorData } from '../../network.js'
import type { FormatWriter } from '../format.js'
import { describeUse } from '../graft-metadata.js'
import { writeHdf5 } from '../hdf5/write-hdf5.js'
import { createStoredNames } from '../keras-layers/topology.js'
import { kerasModelOf, type WrittenKerasModel, type WrittenLayer } from '../keras-writing/index.js'
import { writeZip } from '../support/write-zip.js'
import { inOrderOfKeras } from './layer-order.js'

/** The oldest Keras that is known to read these files. */
const kerasVersion = '3.0.0'

/** For those who go on in Keras. */
export const kerasWriter: FormatWriter = {
  id: 'keras',
  title: 'Keras model (.keras)',
  extension: '.keras',
  description:
    'For `keras.saving.load_model` of Keras 3, whatever its backend, without custom objects; gives probabilities, and can be trained on. Only networks whose operators Keras has layers for (convolutional ones); others are refused by layer.',
  needsClassifier: true,
  comesBack: false,
  runtime: null,
  takes: 'values',
  tolerance: 1e-3,
  write: async (network, tensors, { activation = { operator: 'Softmax', attributes: {} }, metadata = {} } = {}) => {
    const written = kerasModelOf(network, tensors, activation, 'keras3')
    const model = { ...written, layers: inOrderOfKeras(written.layers, written.output) }
    return writeZip([
      { name: 'metadata.json', bytes: json({ keras_version: kerasVersion, ...describeUse(network), ...metadata }) },
      { name: 'config.json', bytes: json(configOf(model, network.name)) },
      { name: 'model.weights.h5', bytes: writeHdf5(weightsOf(model)) },
    ])
  },
}

const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))

/** Variables by their numbers, in groups by the layers' classes. */
function weightsOf({ layers }: WrittenKerasModel): ReadonlyMap<string, TensorData> {
  const storedName = createStoredNames()
  const tensors = new Map<string, TensorData>()
  for (const { className, module, weights } of layers) {
    if (module !== undefined) continue
    const group = storedName(className)
    Object.values(weights).forEach((tensor, number) => tensors.set(`layers/${group}/vars/${number}`, tensor))
  }
  return tensors
}

function configOf(model: WrittenKerasModel, name: string): unknown {
  const { layers, input, output } = model
  const shapes = new Map(layers.map((layer) => [layer.name, layer.shape]))
  const config = {
    name: name.replaceAll(/[^\w-]/g, '_') || 'model',
    trainable: true,
    layers: layers.map((layer) => layerJson(layer, shapes)),
    input_layers: [input, 0, 0],
    output_layers: [output, 0, 0],
  }
  return { module: 'keras.src.models.functional', class_name: 'Functional', config, registered_name: 'Functional' }
}

function layerJson(layer: WrittenLayer, shapes: ReadonlyMap<string, WrittenLayer['shape']>): unknown {
  const { name, className, module, config, inputs } = layer
  const values = inputs.map((input) => ({
    class_name: '__keras_tensor__',
    config: { shape: shapes.get(input), dtype: 'float32', keras_history: [input, 0, 0] },
  }))
  // Layers that merge take a list, functions one value after the other.
  const node = { args: values.length === 1 || module !== undefined ? values : [values], kwargs: {} }
  return {
    module: module ?? 'keras.layers',
    class_name: className,
    config: module === undefined ? { name, trainable: true, dtype: 'float32', ...config } : { name, ...config },
    registered_name: module === undefined ? null : className,
    name,
    inbound_nodes: inputs.length === 0 ? [] : [node],
  }
}
