export { safetensorsFormat } from './format.js'
export { openSafetensors, readSafetensors, type SafetensorsContents, type SafetensorsFile } from './read.js'
export { readTensorsFrom } from './read-tensors.js'
export { writeSafetensors } from './write.js'
