export * from './core.js'
export * from './engines.js'
// Names that both have are Node's: they need no host and know the engines.
export {
  chooseEngines,
  featuresOf,
  fit,
  freezeProof,
  isOpen,
  openSession,
  predictLogits,
  prefixKey,
  selectEngines,
  sweep,
} from './node/index.js'
export * from './node/index.js'
export { measureRanges } from './exported/measure-ranges.js'
export { openTfjsFile } from './exported/tfjs-file.js'
export { type FileInput, type OpenedModelFile, openOnnxFile } from './exported/onnx-file.js'
export { createOnnxEngine, onnxEngine } from './onnx/onnx-engine.js'
export { type TfjsBackend, tfjsBackends } from './tfjs/backends.js'
export { createTfjsEngine, tfjsEngine } from './tfjs/tfjs-engine.js'
