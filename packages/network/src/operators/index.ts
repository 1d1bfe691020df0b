import { NetworkError } from '../network-error.js'
import type { Operator } from '../operator.js'
import { activationOperators, prelu } from './activations.js'
import { batchNormalization } from './batch-normalization.js'
import { binaryOperators } from './binary.js'
import { classToken } from './class-token.js'
import { clip } from './clip.js'
import { concat } from './concat.js'
import { conv } from './conv.js'
import { depthToSpace, spaceToDepth } from './depth-space.js'
import { dropout } from './dropout.js'
import { gather } from './gather.js'
import { gemm } from './gemm.js'
import { globalAveragePool, globalMaxPool } from './global-pooling.js'
import { groupNormalization, instanceNormalization } from './group-normalization.js'
import { layerNormalization } from './layer-normalization.js'
import { matmul } from './matmul.js'
import { pad } from './pad.js'
import { averagePool, maxPool } from './pooling.js'
import { reduceMax, reduceMean, reduceSum } from './reduce.js'
import { flatten, reshape, squeeze, unsqueeze } from './reshaping.js'
import { resize } from './resize.js'
import { slice } from './slice.js'
import { logSoftmax, softmax } from './softmax.js'
import { transpose } from './transpose.js'
import { unaryOperators } from './unary.js'

/** Every operator a network may contain, in no particular order. */
export const operators: readonly Operator[] = [
  conv,
  gemm,
  matmul,
  batchNormalization,
  layerNormalization,
  instanceNormalization,
  groupNormalization,
  clip,
  ...unaryOperators,
  ...activationOperators,
  prelu,
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
  transpose,
  concat,
  slice,
  gather,
  pad,
  reduceMean,
  reduceSum,
  reduceMax,
  resize,
  depthToSpace,
  spaceToDepth,
  classToken,
]

const byName = new Map(operators.map((operator) => [operator.name, operator]))

/** The operator of this name. Throws NetworkError naming it when there is none. */
export function findOperator(name: string): Operator {
  const operator = byName.get(name)
  if (operator !== undefined) return operator
  throw new NetworkError(
    `Unknown operator '${name}'. Expected one of: ${[...byName.keys()].sort().join(', ')}. Export the network with these operators, or cut it before the layer that needs '${name}'.`,
  )
}
