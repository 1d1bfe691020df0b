import { NetworkError } from '../../../network-error.js'
import { foldBatchNorm } from '../../../surgery/fold-batch-norm.js'
import type { FormatWriter } from '../../format.js'
import { classifierModel } from '../encode-classifier.js'
import { encodeOnnxModel } from '../encode-model.js'
import { toInt8 } from './to-int8.js'

/** Key of the metadata that says which layers are in 8 bits and which are not. */
export const quantisationKey = 'graft.quantisation'

/** A quarter of the size; the ranges of values are measured on images. */
export const int8Onnx: FormatWriter = {
  id: 'onnx-int8',
  title: 'ONNX model in 8 bits',
  extension: '.onnx',
  description:
    'A quarter of the size of `onnx`, and faster on processors (static quantisation, QDQ, weights per channel); input and outputs are the same. Needs training images to measure the ranges of values on.',
  needsClassifier: true,
  comesBack: false,
  runtime: 'onnxruntime',
  takes: 'values',
  tolerance: 0.25,
  measures: true,
  write: async (network, tensors, options = {}) => {
    if (options.measure === undefined)
      throw new NetworkError(
        'A model in 8 bits needs the ranges of its values, which are measured on images.',
        'Connect training images.',
      )
    const folded = foldBatchNorm(network, tensors, { includeBatchStatistics: true })
    const names = [folded.network.input.name, ...folded.network.layers.map(({ name }) => name)]
    const ranges = await options.measure(folded.network, folded.tensors, names)
    const plain = classifierModel(folded.network, folded.tensors, options)
    const { model, quantised, left } = toInt8(plain, ranges)
    return encodeOnnxModel({
      ...model,
      metadata: { ...model.metadata, [quantisationKey]: JSON.stringify({ quantised, left }) },
    })
  },
}
