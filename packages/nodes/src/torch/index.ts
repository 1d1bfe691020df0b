export { createTorchEngine } from './torch-engine.js'
export { torchOptions, type TorchOptions } from './torch-options.js'
