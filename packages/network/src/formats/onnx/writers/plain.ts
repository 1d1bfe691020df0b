import type { FormatWriter } from '../../format.js'
import { encodeOnnxClassifier } from '../encode-classifier.js'

/** The usual one: pixels that are scaled already go in, at any batch size. */
export const plainOnnx: FormatWriter = {
  id: 'onnx',
  title: 'ONNX model',
  extension: '.onnx',
  description: 'Runs everywhere (onnxruntime, browsers, phones); class names and preprocessing are in its metadata.',
  needsClassifier: true,
  comesBack: true,
  runtime: 'onnxruntime',
  takes: 'values',
  tolerance: 1e-3,
  write: async (network, tensors, options) => encodeOnnxClassifier(network, tensors, options),
}
