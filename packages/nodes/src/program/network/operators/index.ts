import { must } from '@graft/errors'
import type { TorchOperator } from '../torch-operator.js'
import { activations } from './activation.js'
import { conv, standardisedConv } from './convolution.js'
import { elementwise } from './elementwise.js'
import { gemm, matmul } from './linear.js'
import { batchNormalization, groupNormalization, instanceNormalization, layerNormalization } from './normalisation.js'
import { averagePool, globalAveragePool, globalMaxPool, maxPool, reductions } from './pooling.js'
import { shaping } from './shape.js'

/** How every operator of a network is written in PyTorch. */
export const torchOperators: readonly TorchOperator[] = [
  conv,
  standardisedConv,
  gemm,
  matmul,
  batchNormalization,
  layerNormalization,
  instanceNormalization,
  groupNormalization,
  ...activations,
  ...elementwise,
  maxPool,
  averagePool,
  globalAveragePool,
  globalMaxPool,
  ...reductions,
  ...shaping,
]

const byName = new Map(torchOperators.map((operator) => [operator.name, operator]))

export const torchOperator = (name: string): TorchOperator => must(byName.get(name), `PyTorch's words for ${name}`)
