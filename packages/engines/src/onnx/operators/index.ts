import { reluRule, sigmoidRule, softplusRule, softsignRule, tanhRule } from './activation/basic.js'
import { clipRule } from './activation/clip.js'
import { celuRule, eluRule, seluRule } from './activation/elu.js'
import { geluRule } from './activation/gelu.js'
import { hardSigmoidRule, hardSwishRule } from './activation/hard-sigmoid.js'
import { leakyReluRule } from './activation/leaky-relu.js'
import { mishRule } from './activation/mish.js'
import { preluRule } from './activation/prelu.js'
import { logSoftmaxRule, softmaxRule } from './activation/softmax.js'
import { swishRule } from './activation/swish.js'
import { convRule } from './convolution/conv.js'
import { standardisedConvRule } from './convolution/standardised-conv.js'
import { binaryRules } from './elementwise/binary.js'
import { dropoutRule } from './elementwise/dropout.js'
import { parameterValueRule } from './elementwise/parameter-value.js'
import { tableBiasRule } from './elementwise/table-bias.js'
import { unaryRules } from './elementwise/unary.js'
import { gemmRule } from './linear/gemm.js'
import { matmulRule } from './linear/matmul.js'
import { batchNormalizationRule } from './normalisation/batch-normalization.js'
import { groupNormalizationRule, instanceNormalizationRule } from './normalisation/group-normalization.js'
import { layerNormalizationRule } from './normalisation/layer-normalization.js'
import { globalAveragePoolRule, globalMaxPoolRule } from './pooling/global-pooling.js'
import { averagePoolRule, maxPoolRule } from './pooling/pooling.js'
import { reduceMaxRule, reduceMeanRule, reduceSumRule } from './reduction/reduce.js'
import { classTokenRule } from './shape/class-token.js'
import { concatRule } from './shape/concat.js'
import { depthToSpaceRule, spaceToDepthRule } from './shape/depth-space.js'
import { gatherRule } from './shape/gather.js'
import { padRule } from './shape/pad.js'
import { flattenRule, reshapeRule, squeezeRule, unsqueezeRule } from './shape/reshaping.js'
import { resizeRule } from './shape/resize.js'
import { sliceRule } from './shape/slice.js'
import { transposeRule } from './shape/transpose.js'
import type { TrainingRule } from './support/training-rule.js'

/** How the ONNX engine trains through every operator of the network, family by family. */
export const trainingRules: readonly TrainingRule[] = [
  convRule,
  standardisedConvRule,

  gemmRule,
  matmulRule,

  batchNormalizationRule,
  layerNormalizationRule,
  instanceNormalizationRule,
  groupNormalizationRule,

  reluRule,
  sigmoidRule,
  tanhRule,
  softplusRule,
  softsignRule,
  clipRule,
  leakyReluRule,
  preluRule,
  eluRule,
  seluRule,
  celuRule,
  hardSigmoidRule,
  hardSwishRule,
  swishRule,
  mishRule,
  geluRule,
  softmaxRule,
  logSoftmaxRule,

  ...unaryRules,
  ...binaryRules,
  tableBiasRule,
  parameterValueRule,
  dropoutRule,

  maxPoolRule,
  averagePoolRule,
  globalAveragePoolRule,
  globalMaxPoolRule,

  reduceMeanRule,
  reduceSumRule,
  reduceMaxRule,

  flattenRule,
  reshapeRule,
  squeezeRule,
  unsqueezeRule,
  transposeRule,
  concatRule,
  sliceRule,
  gatherRule,
  padRule,
  resizeRule,
  depthToSpaceRule,
  spaceToDepthRule,
  classTokenRule,
]

const byOperator = new Map(trainingRules.map((rule) => [rule.operator, rule]))

/** The rule for an operator; undefined where the ONNX engine can't train through it. */
export const findTrainingRule = (operator: string): TrainingRule | undefined => byOperator.get(operator)
