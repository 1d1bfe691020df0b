import { elementCount } from '../../../operators/support/shape-support.js'
import type { GraphBuilder } from './graph-builder.js'
import type { Constant, LayerValue } from '../values/graph-value.js'
import { isBufferName, isNamedNumber } from '../values/learned.js'
import { isTellingName } from '../values/telling-name.js'

/**
 * What constants beside a computed value are in an ONNX file, which doesn't say so: learned, or part of the formula.
 */
export type OperandSlot = 'operand' | 'constant'

/**
 * A constant that is added or multiplied was learned when it is a list of numbers (a bias, a scale) under a name of its
 * own or beside a weight, or a larger tensor with a telling name (position embeddings), or a single number under a name as PyTorch gives to parameters. Not learned are other single numbers,
 * everything before the first weight (preprocessing), masks, and what the file computes (tables of sines, biases that
 * an exporter looked up).
 */
export function operandSlot(
  operator: string,
  value: LayerValue,
  operand: Constant,
  builder: GraphBuilder,
): OperandSlot {
  const mayBeLearned = (operator === 'Add' || operator === 'Mul') && followsWeights(builder)
  if (!mayBeLearned) return 'constant'
  if (elementCount(operand.shape) === 1) return isNamedNumber(operand) ? 'operand' : 'constant'
  const isList = operand.shape.filter((size) => size > 1).length === 1
  if (isList)
    return operand.origin !== null || builder.find(value)?.parameters['weight'] !== undefined ? 'operand' : 'constant'
  return operand.origin !== null && isTellingName(operand.origin) && !isBufferName(operand.origin) && !isMask(operand)
    ? 'operand'
    : 'constant'
}

const followsWeights = (builder: GraphBuilder): boolean =>
  builder.layers.some(({ parameters }) => 'weight' in parameters || 'scale' in parameters)

/** Two different values (0 and -100, 0 and 1) say where, not how much. */
function isMask(operand: Constant): boolean {
  return new Set(operand.read()).size === 2
}
