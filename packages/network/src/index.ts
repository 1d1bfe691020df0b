export type * from './network.js'
export * from './head.js'
export { imageNetClasses } from './image-net-classes.js'
export * from './network-error.js'
export type * from './operator.js'
export * from './weight-format.js'
export * from './architectures/index.js'
export * from './formats/index.js'
export * from './formats/onnx/index.js'
export {
  openSafetensors,
  readSafetensors,
  type SafetensorsContents,
  readTensorsFrom,
  type SafetensorsFile,
  writeSafetensors,
} from './formats/safetensors/index.js'
export * from './builder/network-builder.js'
export { type Fans, fansOfLayer, fansOfShape, initialise } from './values/initialise.js'
export { createRandom, deriveSeed, normal, type Random, shuffle } from './values/random.js'
export { loadTensors, storableTensors } from './values/tensors.js'
export { findOperator, operators } from './operators/index.js'
export { isStatistic, keepsStatistics, statisticSlots } from './operators/statistics.js'
export { onnxNodes } from './operators/support/onnx-support.js'
export * from './count-macs.js'
export * from './count-parameters.js'
export * from './receptive-fields.js'
export { inferShapes } from './infer-shapes.js'
export * from './resolve-attributes.js'
export * from './surgery/index.js'
export * from './preprocessing/index.js'
export * from './validate-network.js'
export { writeZip, type ZipEntry } from './formats/support/write-zip.js'
export { detectStages } from './stages/detect-stages.js'
export { removeTrailingSoftmax } from './stages/remove-trailing-softmax.js'
