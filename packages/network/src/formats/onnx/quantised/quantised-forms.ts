import type { OnnxModelNode } from '../onnx-model.js'
import type { FloatGraph } from './float-graph.js'
import { productOf } from './products.js'
import { refused } from './quantisation.js'

/** Where an operator on quantised values (`QLinear...`) has its operands: value, scale and zero point of each. */
interface QuantisedForm {
  readonly operator: string
  readonly operands: readonly (readonly [value: number, scale: number, zero: number])[]
  /** Scale and zero point of its result. */
  readonly result: readonly [scale: number, zero: number]
  /** Whole numbers in units of the first operand's scale times the second's. */
  readonly bias?: number
  /** Axis of a weight along which scales may differ. */
  axis?(node: OnnxModelNode): number
}

const one = [[0, 1, 2]] as const
const two = [
  [0, 1, 2],
  [3, 4, 5],
] as const

const isOn = ({ attributes }: OnnxModelNode, name: string): boolean => attributes[name]?.value === 1

/** The standard's, and those that onnxruntime's quantiser adds. */
const forms: Readonly<Record<string, QuantisedForm>> = {
  QLinearConv: { operator: 'Conv', operands: two, result: [6, 7], bias: 8, axis: () => 0 },
  QLinearMatMul: { operator: 'MatMul', operands: two, result: [6, 7], axis: () => -1 },
  QGemm: {
    operator: 'Gemm',
    operands: two,
    result: [7, 8],
    bias: 6,
    axis: (node) => (isOn(node, 'transB') ? 0 : 1),
  },
  QLinearAdd: { operator: 'Add', operands: two, result: [6, 7] },
  QLinearMul: { operator: 'Mul', operands: two, result: [6, 7] },
  QLinearGlobalAveragePool: { operator: 'GlobalAveragePool', operands: one, result: [3, 4] },
  QLinearAveragePool: { operator: 'AveragePool', operands: one, result: [3, 4] },
  QLinearReduceMean: { operator: 'ReduceMean', operands: one, result: [3, 4] },
  QLinearSigmoid: { operator: 'Sigmoid', operands: one, result: [3, 4] },
  QLinearLeakyRelu: { operator: 'LeakyRelu', operands: one, result: [3, 4] },
  QLinearSoftmax: { operator: 'Softmax', operands: one, result: [3, 4] },
}

/** The form of a node; null for what isn't computed on quantised values in a known way. */
export function formOf({ operator, inputs }: OnnxModelNode): QuantisedForm | null {
  if (operator !== 'QLinearConcat') return forms[operator] ?? null
  const count = Math.floor((inputs.length - 2) / 3)
  const operands = Array.from({ length: count }, (_, index) => [2 + 3 * index, 3 + 3 * index, 4 + 3 * index] as const)
  return { operator: 'Concat', operands, result: [0, 1] }
}

/** Computes a node's operator on floats, and cuts its result off where the range of its whole numbers ends. */
export function addFloatForm(graph: FloatGraph, node: OnnxModelNode, form: QuantisedForm): void {
  if (isOn(node, 'channels_last'))
    throw refused(node, 'computes channels last', 'Export the model with channels first, or use its float32 version.')
  const [output = ''] = node.outputs
  const operands = form.operands.map(([value, scale, zero]) => operandOf(graph, node, form, [value, scale, zero]))
  const bias = form.bias === undefined ? null : biasOf(graph, node, form, form.bias)
  const [scale, zero] = form.result
  const endsInFloats = (node.inputs[scale] ?? '') === ''
  const value = endsInFloats ? output : `${output}/float`
  const { channels_last: _, ...attributes } = node.attributes
  graph.add({
    ...node,
    operator: form.operator,
    domain: '',
    attributes,
    inputs: [...operands, ...(bias === null ? [] : [bias])],
    outputs: [value],
  })
  if (!endsInFloats) graph.cut(node, value, output, graph.quantisation(node, scale, zero))
}

function operandOf(
  graph: FloatGraph,
  node: OnnxModelNode,
  form: QuantisedForm,
  [value, scale, zero]: readonly [number, number, number],
): string {
  const known = graph.constant(node, value)
  const name = node.inputs[value] ?? ''
  if (known !== null) return graph.weight(node, known, graph.quantisation(node, scale, zero, form.axis?.(node) ?? 0))
  if (graph.quantised.has(name)) return graph.name(name)
  throw refused(
    node,
    `computes with "${name}", whose numbers nothing has quantised`,
    'Use the float32 version of the model.',
  )
}

function biasOf(graph: FloatGraph, node: OnnxModelNode, form: QuantisedForm, index: number): string | null {
  if ((node.inputs[index] ?? '') === '') return null
  const bias = graph.constant(node, index)
  const [[, input], [, weight]] = form.operands as typeof two
  const [own, other] = [graph.constant(node, input), graph.constant(node, weight)]
  for (const factor of [own, other]) if (factor !== null) graph.spend(node, factor)
  const scale = own === null || other === null ? null : productOf(own, other, 'units')
  if (bias === null || scale === null)
    throw refused(node, 'has a bias that is computed, or whose scale is', 'Use the float32 version of the model.')
  return graph.weight(node, bias, { scale, zero: null, axis: 0, block: 0 })
}
