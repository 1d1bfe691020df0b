export { createTorchEngine } from './torch-engine.js'
export { precisions, torchOptions, type TorchOptions } from './torch-options.js'
