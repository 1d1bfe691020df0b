import { NetworkError } from '../network-error.js'
import type { Operator } from '../operator.js'
import { clip } from './activation/clip.js'
import { relu, sigmoid, softplus, softsign, tanh } from './activation/basic.js'
import { celu, elu, selu } from './activation/elu.js'
import { gelu } from './activation/gelu.js'
import { hardSigmoid, hardSwish } from './activation/hard-sigmoid.js'
import { leakyRelu } from './activation/leaky-relu.js'
import { mish } from './activation/mish.js'
import { prelu } from './activation/prelu.js'
import { logSoftmax, softmax } from './activation/softmax.js'
import { swish } from './activation/swish.js'
import { conv } from './convolution/conv.js'
import { standardisedConv } from './convolution/standardised-conv.js'
import { binaryOperators } from './elementwise/binary.js'
import { dropout } from './elementwise/dropout.js'
import { parameterValue } from './elementwise/parameter-value.js'
import { tableBias } from './elementwise/table-bias.js'
import { unaryOperators } from './elementwise/unary.js'
import { gemm } from './linear/gemm.js'
import { matmul } from './linear/matmul.js'
import { batchNormalization } from './normalisation/batch-normalization.js'
import { groupNormalization, instanceNormalization } from './normalisation/group-normalization.js'
import { layerNormalization } from './normalisation/layer-normalization.js'
import { globalAveragePool, globalMaxPool } from './pooling/global-pooling.js'
import { averagePool, maxPool } from './pooling/pooling.js'
import { reduceMax, reduceMean, reduceSum } from './reduction/reduce.js'
import { classToken } from './shape/class-token.js'
import { concat } from './shape/concat.js'
import { depthToSpace, spaceToDepth } from './shape/depth-space.js'
import { gather } from './shape/gather.js'
import { pad } from './shape/pad.js'
import { flatten, reshape, squeeze, unsqueeze } from './shape/reshaping.js'
import { resize } from './shape/resize.js'
import { slice } from './shape/slice.js'
import { transpose } from './shape/transpose.js'

/**
 * Every operator a network may contain, by family; a family is a folder. How the ONNX engine trains through one is in
 * the folder of the same name in `packages/engines/src/onnx/operators`.
 */
export const operators: readonly Operator[] = [
  conv,
  standardisedConv,

  gemm,
  matmul,

  batchNormalization,
  layerNormalization,
  instanceNormalization,
  groupNormalization,

  relu,
  sigmoid,
  tanh,
  softplus,
  softsign,
  clip,
  leakyRelu,
  prelu,
  elu,
  selu,
  celu,
  hardSigmoid,
  hardSwish,
  swish,
  mish,
  gelu,
  softmax,
  logSoftmax,

  ...unaryOperators,
  ...binaryOperators,
  tableBias,
  parameterValue,
  dropout,

  maxPool,
  averagePool,
  globalAveragePool,
  globalMaxPool,

  reduceMean,
  reduceSum,
  reduceMax,

  flatten,
  reshape,
  squeeze,
  unsqueeze,
  transpose,
  concat,
  slice,
  gather,
  pad,
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
    `Unknown operator '${name}'. Expected one of: ${[...byName.keys()].sort().join(', ')}.`,
    `Export the network with these operators, or cut it before the layer that needs '${name}'.`,
  )
}
