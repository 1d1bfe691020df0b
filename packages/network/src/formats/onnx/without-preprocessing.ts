import type { Network } from '../../network.js'
import type { OnnxModel } from './onnx-model.js'
import { interfaceKey, preprocessingPrefix } from './writers/with-preprocessing.js'

/**
 * A model that `withPreprocessing` wrote, without what stands before the network: it takes prepared values again. Others
 * stay as they are.
 */
export function withoutPreprocessing(model: OnnxModel, input: Network['input']): OnnxModel {
  if (model.metadata[interfaceKey] !== 'image') return model
  const { graph } = model
  const isBefore = (name: string): boolean => name.startsWith(preprocessingPrefix)
  return {
    ...model,
    graph: {
      ...graph,
      nodes: graph.nodes.filter(({ outputs }) => !outputs.some((name) => isBefore(name) || name === input.name)),
      initializers: graph.initializers.filter(({ name }) => !isBefore(name)),
      inputs: [{ name: input.name, type: 'float32', shape: ['N', ...input.shape] }],
    },
  }
}
