import { fixOf, reasonOf } from '@graft/errors'
import type { Network, Preprocessing } from '../../network.js'
import { detectStages } from '../../stages/detect-stages.js'
import { validateNetwork } from '../../validate-network.js'
import { FormatError, type LoadedNetwork, type ModelFiles, type NetworkReader } from '../../weight-format.js'
import { decodeOnnxModel } from './decode-model.js'
import { resolveExternalData } from './external-data.js'
import { chooseLayers } from './import/finish-network.js'
import { importGraph } from './import/import-graph.js'
import { type GraftMetadata, readMetadata } from './metadata.js'
import type { OnnxModel } from './onnx-model.js'
import { restoreNetwork } from './restore-network.js'

/** Reads ONNX classifiers: one `.onnx` file, or a directory with one (and its external data). */
export const onnxReader: NetworkReader = {
  id: 'onnx',
  title: 'ONNX model (.onnx)',
  recognises: async (files) => onnxNames(files).length > 0 || (await looksLikeOnnx(files)),
  read: async (files) => {
    const name = chooseFile(files)
    const model = decodeOnnxModel(await files.read(name))
    return networkOfOnnx(await resolveExternalData(model, files, name), files.label, name)
  },
}

/**
 * Turns a decoded model into a network and its weights. A model exported by Graft comes back exactly, with its stages;
 * any other is imported node by node. Throws FormatError for everything that can't be represented.
 */
export function networkOfOnnx(model: OnnxModel, source: string, fileName: string): LoadedNetwork {
  const metadata = readMetadata(model.metadata)
  const restored = metadata.network === null ? null : restoreNetwork(metadata.network, model)
  return restored ?? importedNetwork(model, metadata, source, fileName)
}

function importedNetwork(model: OnnxModel, metadata: GraftMetadata, source: string, fileName: string): LoadedNetwork {
  const graph = importGraph(model)
  const { builder, input } = graph
  const { layers, output, outputShape } = chooseLayers(model, graph)
  const [, channels = 3, height = 1, width = 1] = input.shape
  const used = new Set(layers.flatMap((layer) => Object.values(layer.parameters)))
  const classes = outputShape.length === 2 ? outputShape[1] : undefined
  const plain: Network = {
    format: 'graft-network',
    version: 1,
    name: fileName.replace(/^.*\//, '').replace(/\.onnx$/i, '') || 'onnx',
    input: { name: input.name, shape: [channels, height, width] },
    layers,
    output,
    parameters: Object.fromEntries(Object.entries(builder.parameters).filter(([key]) => used.has(key))),
    stages: [],
    preprocessing: metadata.preprocessing ?? imageNetPreprocessing(height, width),
    head: metadata.head?.names.length === classes ? metadata.head : null,
    provenance: {
      source,
      licence: null,
      history: [
        `read from ONNX (${model.producerName || 'unknown producer'} ${model.producerVersion})`.replace(' )', ')'),
        ...builder.notes,
        ...(metadata.preprocessing === null
          ? ['preprocessing not in the file: ImageNet mean and deviation assumed']
          : []),
      ],
    },
  }
  const network = checked(plain)
  return { network, tensors: new Map([...builder.tensors].filter(([key]) => used.has(key))) }
}

function checked(plain: Network): Network {
  try {
    const network = { ...plain, stages: detectStages(plain) }
    const classified = network.stages.at(-1)?.name === 'head' ? network : { ...network, head: null }
    validateNetwork(classified)
    return classified
  } catch (error) {
    throw new FormatError(
      `The ONNX model can't be represented: ${reasonOf(error)}`,
      fixOf(error, 'Export it again with supported operators.'),
      { cause: error },
    )
  }
}

function imageNetPreprocessing(height: number, width: number): Preprocessing {
  return {
    height,
    width,
    resize: 'crop',
    cropFraction: 0.875,
    interpolation: 'bilinear',
    channelOrder: 'rgb',
    mean: [0.485, 0.456, 0.406],
    deviation: [0.229, 0.224, 0.225],
  }
}

function onnxNames(files: ModelFiles): readonly string[] {
  return files.names.filter((name) => name.toLowerCase().endsWith('.onnx'))
}

function chooseFile(files: ModelFiles): string {
  const names = onnxNames(files)
  const [only] = names.length > 0 ? names : files.names
  const chosen = names.length > 1 ? names.find((name) => name.toLowerCase() === 'model.onnx') : only
  if (chosen !== undefined) return chosen
  throw new FormatError(
    `${files.label} holds ${names.length} ONNX models: ${names.slice(0, 8).join(', ')}. Expected one.`,
    'Give the path of the model to load.',
  )
}

/** A single file without a telling name (as downloads have) whose first field is the IR version. */
async function looksLikeOnnx(files: ModelFiles): Promise<boolean> {
  const [name] = files.names
  if (
    files.names.length !== 1 ||
    name === undefined ||
    /\.(safetensors|json|bin|h5|keras|pt|pth|pb|npz|gguf|zip|tflite)$/i.test(name)
  )
    return false
  const [tag, version, next] = await files.read(name)
  return (
    tag === 0x08 &&
    version !== undefined &&
    version >= 3 &&
    version < 32 &&
    next !== undefined &&
    [0x12, 0x1a, 0x3a, 0x42].includes(next)
  )
}
