import type { FormatWriter } from '../../format.js'
import { classifierModel } from '../encode-classifier.js'
import { encodeOnnxModel } from '../encode-model.js'
import { withPreprocessing } from './with-preprocessing.js'

/** Images as they are go in: whoever runs it has nothing to get wrong. */
export const onnxForImages: FormatWriter = {
  id: 'onnx-image',
  title: 'ONNX model with preprocessing inside',
  extension: '.onnx',
  description:
    'Takes images as they are decoded (bytes, any size) and gives probabilities: resizing, cropping and scaling are inside, to the last bit. Needs a runtime of opset 17 with numbers in double precision: onnxruntime 1.12 or newer on a processor.',
  needsClassifier: true,
  comesBack: true,
  runtime: 'onnxruntime',
  takes: 'images',
  tolerance: 1e-3,
  write: async (network, tensors, options) =>
    encodeOnnxModel(withPreprocessing(classifierModel(network, tensors, options), network)),
}
