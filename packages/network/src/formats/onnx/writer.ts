import type { NetworkWriter } from '../../weight-format.js'
import { encodeOnnxClassifier } from './encode-classifier.js'

/** Writes ONNX models that run in any ONNX runtime and read back exactly; see `encodeOnnxClassifier`. */
export const onnxWriter: NetworkWriter = {
  id: 'onnx',
  title: 'ONNX model',
  extension: '.onnx',
  write: async (network, tensors) => encodeOnnxClassifier(network, tensors),
}
