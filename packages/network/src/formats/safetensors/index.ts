import type { NetworkWriter } from '../../weight-format.js'
import { storableTensors } from '../../values/tensors.js'
import { writeSafetensors } from './write.js'

export { openSafetensors, readSafetensors, type SafetensorsFile } from './read.js'
export { readTensorsFrom } from './read-tensors.js'
export { writeSafetensors } from './write.js'

/** Weights only, by parameter name, in ONNX layout; name, classes and preprocessing go along as metadata. */
export const safetensorsWriter: NetworkWriter = {
  id: 'safetensors',
  title: 'safetensors (weights only)',
  extension: 'safetensors',
  write: async (network, tensors) =>
    writeSafetensors(storableTensors(network, tensors), {
      name: network.name,
      preprocessing: JSON.stringify(network.preprocessing),
      provenance: JSON.stringify(network.provenance),
      ...(network.head && {
        class_names: JSON.stringify(network.head.names),
        task: network.head.task,
        ...(network.head.thresholds && { thresholds: JSON.stringify(network.head.thresholds) }),
      }),
    }),
}
