export { decodeOnnxModel } from './decode-model.js'
export { encodeOnnxModel } from './encode-model.js'
export { type OnnxEncodeOptions, toOnnxModel } from './encode-network.js'
export { keepPaddings } from './keep-paddings.js'
export {
  type OnnxAttribute,
  type OnnxGraph,
  type OnnxModel,
  type OnnxModelNode,
  type OnnxOpset,
  type OnnxValueInfo,
  typedAttributes,
} from './onnx-model.js'
export {
  type ExternalData,
  float32Tensor,
  type OnnxTensor,
  type OnnxTensorType,
  tensorFloats,
  tensorOf,
  tensorValues,
} from './onnx-tensor.js'
export { encodeOnnxClassifier, type OnnxClassifierOptions } from './encode-classifier.js'
export { metadataKeys as onnxMetadataKeys } from '../graft-metadata.js'
export { networkOfOnnx } from './network-of-onnx.js'
export { onnxFormat } from './format.js'
