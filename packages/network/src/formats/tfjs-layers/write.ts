import type { FormatWriter } from '../format.js'
import { describeUse } from '../graft-metadata.js'
import { kerasModelOf, type WrittenKerasModel, type WrittenLayer } from '../keras-writing/index.js'
import { joined, writeZip, type ZipEntry } from '../support/write-zip.js'

const shardBytes = 4 * 2 ** 20

/** For browsers without another runtime; a folder in a zip file, since a model is several files. */
export const tfjsWriter: FormatWriter = {
  id: 'tfjs',
  title: 'TensorFlow.js layers model',
  extension: '.zip',
  description:
    'A zip file of `model.json`, shards and `metadata.json` for `tf.loadLayersModel`; gives probabilities. Only networks whose operators Keras has layers for (convolutional ones); others are refused by layer.',
  needsClassifier: true,
  comesBack: false,
  runtime: 'tensorflow.js',
  takes: 'values',
  tolerance: 1e-3,
  write: async (network, tensors, { activation = { operator: 'Softmax', attributes: {} }, metadata = {} } = {}) => {
    const model = kerasModelOf(network, tensors, activation, 'tfjs')
    const weights = model.layers.flatMap(({ name, weights: own }) =>
      Object.entries(own).map(([variable, tensor]) => ({ name: `${name}/${variable}`, tensor })),
    )
    const bytes = joined(
      weights.map(({ tensor: { data } }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
    )
    const shards = shardsOf(bytes)
    const specs = weights.map(({ name, tensor: { shape } }) => ({ name, shape, dtype: 'float32' }))
    const description = {
      format: 'layers-model',
      generatedBy: 'Graft',
      convertedBy: null,
      modelTopology: topologyOf(model, network.name),
      weightsManifest: [{ paths: shards.map(({ name }) => name), weights: specs }],
    }
    const { preprocessing, head } = network
    const shown = { modelName: network.name, labels: head?.names ?? [], imageSize: preprocessing.height, preprocessing }
    const facts = { ...shown, ...describeUse(network), ...metadata }
    return writeZip([
      { name: 'model.json', bytes: json(description) },
      { name: 'metadata.json', bytes: json(facts) },
      ...shards,
    ])
  },
}

const json = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))

function shardsOf(bytes: Uint8Array): readonly ZipEntry[] {
  const count = Math.max(1, Math.ceil(bytes.length / shardBytes))
  return Array.from({ length: count }, (_, index) => ({
    name: `group1-shard${index + 1}of${count}.bin`,
    bytes: bytes.subarray(index * shardBytes, (index + 1) * shardBytes),
  }))
}

function topologyOf({ layers, input, output }: WrittenKerasModel, name: string): unknown {
  return {
    class_name: 'Model',
    config: {
      name: name.replaceAll(/[^\w-]/g, '_') || 'model',
      layers: layers.map(layerJson),
      input_layers: [[input, 0, 0]],
      output_layers: [[output, 0, 0]],
    },
    keras_version: 'tfjs-layers 4.22.0',
    backend: 'tensor_flow.js',
  }
}

const layerJson = ({ name, className, config, inputs }: WrittenLayer): unknown => ({
  name,
  class_name: className,
  config: { name, trainable: true, ...config },
  inbound_nodes: inputs.length === 0 ? [] : [inputs.map((layer) => [layer, 0, 0, {}])],
})
