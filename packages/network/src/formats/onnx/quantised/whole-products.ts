import type { OnnxModelNode } from '../onnx-model.js'
import { float32Tensor, tensorOf } from '../onnx-tensor.js'
import type { FloatGraph } from './float-graph.js'
import { productOf } from './products.js'
import { dequantisedTensor, type Quantisation, refused } from './quantisation.js'

/** Operators that multiply whole numbers, and what they are on floats. */
const products: Readonly<Record<string, string>> = { ConvInteger: 'Conv', MatMulInteger: 'MatMul' }

export const isWholeProduct = ({ operator }: OnnxModelNode): boolean => operator in products

/**
 * Values that are quantised by what they are just now (dynamic quantisation): they stay as they are, in units of 1. So the
 * products of them need no scale but the weight's.
 */
export function addDynamicQuantisation(graph: FloatGraph, node: OnnxModelNode): void {
  const [value = ''] = node.inputs
  const [output = '', scale = '', zero = ''] = node.outputs
  graph.quantised.add(output)
  graph.rename(output, value)
  graph.units.add(scale)
  graph.constants.set(scale, float32Tensor(scale, [], Float32Array.of(1)))
  graph.constants.set(zero, tensorOf(zero, 'uint8', [], [0]))
}

/** Products of whole numbers: of the values that these came from, and the weight without its scale. */
export function addWholeProduct(graph: FloatGraph, node: OnnxModelNode): void {
  const [value = '', , , zero = ''] = node.inputs
  const weight = graph.constant(node, 1)
  const operator = products[node.operator] ?? node.operator
  if (!graph.quantised.has(value) || weight === null)
    throw refused(
      node,
      'multiplies whole numbers that come from the image as they are',
      'Use the float32 version of the model.',
    )
  const unscaled: Quantisation = {
    scale: float32Tensor('unit', [], Float32Array.of(1)),
    zero: zero === '' ? null : graph.constant(node, 3),
    axis: operator === 'Conv' ? 0 : -1,
    block: 0,
  }
  const name = graph.weight(node, weight, unscaled)
  const made = { weight: dequantisedTensor(node, weight, unscaled, name), operator, shared: false }
  graph.products.set(node.outputs[0] ?? '', made)
  graph.add({ ...node, operator, domain: '', inputs: [graph.name(value), name] })
}

/** Such a product with another type: the same here. False when it is something else. */
export function takeType(graph: FloatGraph, { inputs: [value = ''], outputs: [output = ''] }: OnnxModelNode): boolean {
  const product = graph.products.get(graph.name(value))
  if (product === undefined) return false
  if (!graph.isReadOnce(value)) graph.products.set(graph.name(value), { ...product, shared: true })
  graph.rename(output, value)
  return true
}

/**
 * What multiplies such a product by the scales is taken into its weight. False when it isn't that, or the scales don't fit the
 * weight: then it is computed.
 */
export function takeScale(graph: FloatGraph, node: OnnxModelNode): boolean {
  const [one = '', other = ''] = node.inputs
  const [output = ''] = node.outputs
  for (const [value, index] of [
    [one, 1],
    [other, 0],
  ] as const) {
    const product = graph.products.get(graph.name(value))
    const scale = graph.constant(node, index)
    if (product === undefined || scale === null || product.shared || !graph.isReadOnce(value)) continue
    const axis = product.operator === 'Conv' ? 0 : -1
    const list = { ...scale, shape: scale.shape.filter((size) => size !== 1) }
    if (list.shape.length > 1) return false
    const { weight } = product
    graph.replace(dequantisedTensor(node, weight, { scale: list, zero: null, axis, block: 0 }, weight.name))
    graph.products.delete(graph.name(value))
    graph.rename(output, value)
    return true
  }
  return false
}

/** The product of such a unit with a weight's scale. */
export function multiplyScales(graph: FloatGraph, node: OnnxModelNode): boolean {
  if (!node.inputs.some((name) => graph.units.has(name))) return false
  const [one, other] = [graph.constant(node, 0), graph.constant(node, 1)]
  const [output = ''] = node.outputs
  if (one === null || other === null) return false
  for (const factor of [one, other]) graph.spend(node, factor)
  const product = productOf(one, other, output)
  if (product === null) return false
  graph.constants.set(output, product)
  graph.rename(output, graph.keep(product))
  return true
}
