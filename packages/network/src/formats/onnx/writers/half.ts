import { foldBatchNorm } from '../../../surgery/fold-batch-norm.js'
import type { FormatWriter } from '../../format.js'
import { classifierModel } from '../encode-classifier.js'
import { encodeOnnxModel } from '../encode-model.js'
import { toHalf } from './to-half.js'

/** Half the size, and what GPUs and phones are fast in. */
export const halfOnnx: FormatWriter = {
  id: 'onnx-fp16',
  title: 'ONNX model in half precision',
  extension: '.onnx',
  description: 'Half the size of `onnx`, and what GPUs are fast in; input and outputs are the same.',
  needsClassifier: true,
  comesBack: false,
  runtime: 'onnxruntime',
  takes: 'values',
  tolerance: 0.02,
  write: async (network, tensors, options) => {
    const folded = foldBatchNorm(network, tensors, { includeBatchStatistics: true })
    return encodeOnnxModel(toHalf(classifierModel(folded.network, folded.tensors, options)))
  },
}
