import type { OnnxModelNode } from '../onnx-model.js'
import { type OnnxTensor, tensorValues } from '../onnx-tensor.js'

/** Whose results are never below nought. */
const always = new Set(['Relu', 'Sigmoid', 'HardSigmoid', 'Softmax', 'Softplus', 'Abs', 'Exp', 'Sqrt'])
/** Whose results aren't where none of their inputs is. */
const ofAll = new Set(['Add', 'Mul', 'Div', 'Sum', 'Max', 'Min', 'Concat'])
/** Likewise, of the first input; the others say how. */
const ofFirst = new Set([
  'MaxPool',
  'AveragePool',
  'GlobalAveragePool',
  'GlobalMaxPool',
  'ReduceMean',
  'ReduceSum',
  'ReduceMax',
  'Reshape',
  'Flatten',
  'Transpose',
  'Squeeze',
  'Unsqueeze',
  'Slice',
  'Gather',
  'Resize',
  'Identity',
  'Dropout',
  'Cast',
])

/** Whether what a node computes is known not to be below nought. */
export function isNonNegative(
  { operator, inputs, attributes }: OnnxModelNode,
  known: ReadonlySet<string>,
  constants: ReadonlyMap<string, OnnxTensor>,
): boolean {
  if (always.has(operator)) return true
  if (ofAll.has(operator)) return inputs.every((name) => known.has(name))
  if (ofFirst.has(operator)) return known.has(inputs[0] ?? '')
  if (operator !== 'Clip') return false
  const limit = constants.get(inputs[1] ?? '')
  const least = limit === undefined ? attributes['min']?.value : tensorValues(limit)[0]
  return known.has(inputs[0] ?? '') || (typeof least === 'number' && least >= 0)
}
