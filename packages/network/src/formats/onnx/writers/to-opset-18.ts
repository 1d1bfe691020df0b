import type { OnnxModel, OnnxModelNode } from '../onnx-model.js'
import { type OnnxTensor, tensorOf } from '../onnx-tensor.js'

/** Operators whose axes are an attribute up to opset 17, and an input from 18 on. */
const axesBecomeInput = new Set(['ReduceMean', 'ReduceMax', 'ReduceMin', 'ReduceL1', 'ReduceL2', 'ReduceProd'])

/** A model of opset 17 as Graft writes it, in opset 18: of the operators that it writes, only reductions differ. */
export function toOpset18(model: OnnxModel): OnnxModel {
  const constants: OnnxTensor[] = []
  const nodes = model.graph.nodes.map((node): OnnxModelNode => {
    const { axes, ...attributes } = node.attributes
    if (node.domain !== '' || !axesBecomeInput.has(node.operator) || axes?.kind !== 'ints') return node
    const name = `${node.name}/axes`
    constants.push(tensorOf(name, 'int64', [axes.value.length], axes.value))
    return { ...node, attributes, inputs: [...node.inputs, name] }
  })
  return {
    ...model,
    opsetImports: model.opsetImports.map((entry) => (entry.domain === '' ? { ...entry, version: 18 } : entry)),
    graph: { ...model.graph, nodes, initializers: [...model.graph.initializers, ...constants] },
  }
}
