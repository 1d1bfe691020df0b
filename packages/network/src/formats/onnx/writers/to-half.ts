import type { OnnxModel, OnnxModelNode } from '../onnx-model.js'
import { typedAttributes } from '../onnx-model.js'
import { halfTensor } from './half-values.js'

/** Numbers of element types in ONNX's `Cast`. */
const [float32, float16] = [1, 10]

/**
 * A model in half precision inside: weights take half the space and GPUs and phones compute twice as fast. What goes in
 * and comes out stays float32. Fold batch normalisations first: their statistics leave half precision's range easily.
 */
export function toHalf(model: OnnxModel): OnnxModel {
  const { graph } = model
  const ends = new Set([...graph.inputs, ...graph.outputs].map(({ name }) => name))
  const renamed = (name: string): string => (ends.has(name) ? `${name}/half` : name)
  const nodes = graph.nodes.map(
    (node): OnnxModelNode => ({
      ...node,
      inputs: node.inputs.map(renamed),
      outputs: node.outputs.map(renamed),
    }),
  )
  const casts = (names: readonly { readonly name: string }[], inwards: boolean): OnnxModelNode[] =>
    names.map(({ name }) => ({
      name: `${name}/cast`,
      operator: 'Cast',
      domain: '',
      inputs: [inwards ? name : renamed(name)],
      outputs: [inwards ? renamed(name) : name],
      attributes: typedAttributes({ to: inwards ? float16 : float32 }),
    }))
  return {
    ...model,
    graph: {
      ...graph,
      nodes: [...casts(graph.inputs, true), ...nodes, ...casts(graph.outputs, false)],
      initializers: graph.initializers.map((tensor) => (tensor.type === 'float32' ? halfTensor(tensor) : tensor)),
    },
  }
}
