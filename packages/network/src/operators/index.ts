import { NetworkError } from '../network-error.js'
import type { Operator } from '../operator.js'
import { batchNormalization } from './batch-normalization.js'
import { binaryOperators } from './binary.js'
import { clip } from './clip.js'
import { conv } from './conv.js'
import { dropout } from './dropout.js'
import { gemm } from './gemm.js'
import { globalAveragePool, globalMaxPool } from './global-pooling.js'
import { averagePool, maxPool } from './pooling.js'
import { flatten, reshape, squeeze, unsqueeze } from './reshaping.js'
import { logSoftmax, softmax } from './softmax.js'
import { unaryOperators } from './unary.js'

/** Every operator a network may contain, in no particular order. */
export const operators: readonly Operator[] = [
  conv,
  gemm,
  batchNormalization,
  clip,
  ...unaryOperators,
  ...binaryOperators,
  softmax,
  logSoftmax,
  dropout,
  maxPool,
  averagePool,
  globalAveragePool,
  globalMaxPool,
  flatten,
  reshape,
  squeeze,
  unsqueeze,
]

const byName = new Map(operators.map((operator) => [operator.name, operator]))

/** The operator of this name. Throws NetworkError naming it when there is none. */
export function findOperator(name: string): Operator {
  const operator = byName.get(name)
  if (operator !== undefined) return operator
  throw new NetworkError(`Unknown operator '${name}'. Expected one of: ${[...byName.keys()].sort().join(', ')}. Export the network with these operators, or cut it before the layer that needs '${name}'.`)
}
