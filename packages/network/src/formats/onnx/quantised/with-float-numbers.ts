import { prunedGraph } from '../import/prune-graph.js'
import type { OnnxModel, OnnxModelNode } from '../onnx-model.js'
import { FloatGraph } from './float-graph.js'
import { addFloatForm, formOf } from './quantised-forms.js'
import { damaged, refused } from './quantisation.js'
import {
  addDynamicQuantisation,
  addWholeProduct,
  isWholeProduct,
  multiplyScales,
  takeScale,
  takeType,
} from './whole-products.js'

/** Operators on whole numbers that stand for others. */
const quantising = /^(DynamicQuantize|Quantize|Dequantize)Linear$|^Q(Linear|Gemm)|^(Conv|MatMul)Integer$/
/** They only move numbers, whatever these stand for. */
const moving = new Set([
  'MaxPool',
  'Reshape',
  'Flatten',
  'Transpose',
  'Squeeze',
  'Unsqueeze',
  'Slice',
  'Gather',
  'Identity',
])

const understood = ({ operator, domain }: OnnxModelNode): boolean =>
  (domain === '' || domain === 'com.microsoft') && quantising.test(operator)

/**
 * A model that computes with floats what a quantised one computes with whole numbers, so that it can be read and trained on:
 * pairs of QuantizeLinear and DequantizeLinear fall away, weights become the numbers that they stand for, and operators
 * on quantised values (QLinearConv, MatMulInteger and their like) those on floats. What rounding values changes is lost; that
 * they are cut off at nought is kept, as an activation. Other models stay as they are.
 */
export function withFloatNumbers(model: OnnxModel): OnnxModel {
  if (!model.graph.nodes.some(understood)) return model
  const graph = new FloatGraph({ ...model, graph: prunedGraph(model.graph) })
  for (const node of graph.order)
    if (!(understood(node) ? addQuantised(graph, node) : addOther(graph, node))) add(graph, node)
  return graph.finish()
}

const add = (graph: FloatGraph, node: OnnxModelNode): void =>
  void graph.add({ ...node, inputs: node.inputs.map((name) => graph.name(name)) })

/** Whether it was dealt with. */
function addQuantised(graph: FloatGraph, node: OnnxModelNode): boolean {
  const form = formOf(node)
  if (form !== null) addFloatForm(graph, node, form)
  else if (node.operator === 'QuantizeLinear') quantise(graph, node)
  else if (node.operator === 'DequantizeLinear') return dequantise(graph, node)
  else if (node.operator === 'DynamicQuantizeLinear') addDynamicQuantisation(graph, node)
  else if (isWholeProduct(node)) addWholeProduct(graph, node)
  else return false
  return true
}

const number = ({ attributes }: OnnxModelNode, name: string, otherwise: number): number => {
  const value = attributes[name]?.value
  return typeof value === 'number' ? value : otherwise
}

function quantise(graph: FloatGraph, node: OnnxModelNode): void {
  const [value = ''] = node.inputs
  const [output = ''] = node.outputs
  const quantisation = graph.quantisation(node, 1, 2, number(node, 'axis', 1), number(node, 'block_size', 0))
  const known = graph.constant(node, 0)
  if (known === null) graph.cut(node, graph.name(value), output, quantisation)
  else graph.quantise(node, known, quantisation)
}

/** False where numbers of the image itself are meant: those are computed. */
function dequantise(graph: FloatGraph, node: OnnxModelNode): boolean {
  const [value = ''] = node.inputs
  const [output = ''] = node.outputs
  const known = graph.constant(node, 0)
  if (known === null && graph.quantised.has(value)) graph.rename(output, value)
  else if (known === null) throw refused(node, `reads "${value}", which nothing has quantised`, damaged)
  else
    graph.rename(
      output,
      graph.weight(node, known, graph.quantisation(node, 1, 2, number(node, 'axis', 1), number(node, 'block_size', 0))),
    )
  return true
}

/** Whether a node of other operators falls away. */
function addOther(graph: FloatGraph, node: OnnxModelNode): boolean {
  const [value = ''] = node.inputs
  if (node.operator === 'Mul') return takeScale(graph, node) || multiplyScales(graph, node)
  if (node.operator === 'Cast' && takeType(graph, node)) return true
  if (!graph.quantised.has(value)) return false
  if (!moving.has(node.operator))
    throw refused(node, 'computes with quantised numbers', 'Use the float32 version of the model.')
  for (const name of node.outputs) graph.quantised.add(name)
  return false
}
