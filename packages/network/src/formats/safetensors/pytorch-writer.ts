import type { FormatWriter } from '../format.js'
import { metadataKeys } from '../graft-metadata.js'
import { stateDictOf } from '../state-dict/state-dict-of.js'
import { encodeSafetensors } from './write.js'

/** The same tensors as in a state dict, in the format of the hubs. */
export const pytorchSafetensors: FormatWriter = {
  id: 'safetensors-pytorch',
  title: 'safetensors under PyTorch names',
  extension: '.safetensors',
  description: 'The same tensors as `pytorch`, as hubs keep them: nothing in the file can run.',
  needsClassifier: false,
  comesBack: false,
  runtime: null,
  takes: 'values',
  stateDict: true,
  tolerance: 1e-3,
  write: async (network, tensors) => {
    const { tensors: state, architecture } = stateDictOf(network, tensors)
    return encodeSafetensors(state, {
      format: 'pt',
      architecture: architecture.id,
      [metadataKeys.preprocessing]: JSON.stringify(network.preprocessing),
      ...(network.head !== null && { [metadataKeys.classNames]: JSON.stringify(network.head.names) }),
    })
  },
}
