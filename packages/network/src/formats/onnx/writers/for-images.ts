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
    'Takes images as they are decoded (bytes, any size) and gives probabilities: resizing, cropping and scaling are inside. Needs onnxruntime 1.14 or another runtime of opset 18 that resizes with antialias.',
  needsClassifier: true,
  comesBack: false,
  runtime: 'onnxruntime',
  takes: 'images',
  tolerance: 5e-3,
  write: async (network, tensors, options) =>
    encodeOnnxModel(withPreprocessing(classifierModel(network, tensors, options), network)),
}
