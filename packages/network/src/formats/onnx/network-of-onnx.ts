import type { Network } from '../../network.js'
import { finishNetwork } from '../finish-network.js'
import type { LoadedNetwork } from '../format.js'
import { type GraftMetadata, readMetadata } from '../graft-metadata.js'
import { type ChosenLayers, chooseLayers } from './import/choose-layers.js'
import { withoutFront, type WithoutFront } from './front/without-front.js'
import { commonSizes, leavesSizeOpen } from './import/image-input.js'
import { importGraph, type ImportedGraph } from './import/import-graph.js'
import type { OnnxModel } from './onnx-model.js'
import { withFloatNumbers } from './quantised/with-float-numbers.js'
import { withoutPreprocessing } from './without-preprocessing.js'
import { headOf, preparationOf } from './preparation.js'
import { restoreNetwork } from './restore-network.js'

/**
 * Turns a decoded model into a network and its weights. A model exported by Graft comes back exactly, with its stages;
 * any other is imported node by node. Throws FormatError for everything that can't be represented.
 */
export function networkOfOnnx(given: OnnxModel, source: string, fileName: string): LoadedNetwork {
  const metadata = readMetadata(given.metadata)
  const own = metadata.network === null ? null : withoutPreprocessing(given, metadata.network.input)
  const front = own === null ? withoutFront(given) : null
  const model = withFloatNumbers(own ?? front?.model ?? given)
  const restored = metadata.network === null ? null : restoreNetwork(metadata.network, model)
  return restored ?? importedNetwork(model, metadata, front, { source, fileName })
}

function importedNetwork(
  model: OnnxModel,
  metadata: GraftMetadata,
  front: WithoutFront | null,
  { source, fileName }: { readonly source: string; readonly fileName: string },
): LoadedNetwork {
  const { graph, chosen } = importAtSize(model, metadata)
  const { builder, input } = graph
  const { layers, output, outputShape } = chosen
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
    ...preparedBy(front, preparationOf(model, metadata, { fileName, height, width, classes })),
    head: headOf(model, metadata, classes),
    provenance: {
      source,
      licence: null,
      history: [
        `read from ONNX (${model.producerName || 'unknown producer'} ${model.producerVersion})`.replace(' )', ')'),
        ...builder.notes,
      ],
    },
  }
  const network = finishNetwork(plain, 'ONNX model')
  return { network, tensors: new Map([...builder.tensors].filter(([key]) => used.has(key))) }
}

/** What stood in the graph counts more than what somebody says of it. */
function preparedBy(front: WithoutFront | null, said: ReturnType<typeof preparationOf>): typeof said {
  if (front === null) return said
  return { preprocessing: { ...said.preprocessing, ...front.preparation }, preprocessingOrigin: front.origin }
}

/**
 * Imports the graph for the size that the file or its metadata gives, else for the first common size that it can be computed for:
 * a transformer's positions fit one only. Throws what the commonest size meets when there is none.
 */
function importAtSize(
  model: OnnxModel,
  metadata: GraftMetadata,
): { readonly graph: ImportedGraph; readonly chosen: ChosenLayers } {
  const said = metadata.preprocessing?.height
  const sizes = [...new Set([...(said === undefined ? [] : [said]), ...commonSizes])]
  let first: unknown = null
  for (const size of sizes) {
    try {
      const graph = importGraph(model, size)
      return { graph, chosen: chooseLayers(model, graph) }
    } catch (error) {
      first ??= error
      if (!leavesSizeOpen(model)) break
    }
  }
  throw first
}
