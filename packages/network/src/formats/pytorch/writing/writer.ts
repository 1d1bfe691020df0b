import type { FormatWriter } from '../../format.js'
import { stateDictOf } from '../../state-dict/state-dict-of.js'
import { writeStateDict } from './write-state-dict.js'

/** For those who go on in Python. */
export const pytorchWriter: FormatWriter = {
  id: 'pytorch',
  title: 'PyTorch state dict',
  extension: '.pth',
  description:
    'For `load_state_dict(strict=True)` of the torchvision or timm model that the network is, the new head included; what came from transformers goes back under its names.',
  needsClassifier: false,
  comesBack: false,
  runtime: null,
  takes: 'values',
  stateDict: true,
  tolerance: 1e-3,
  write: async (network, tensors) => {
    const { tensors: state, architecture } = stateDictOf(network, tensors)
    return writeStateDict(state, architecture.stateVersion)
  },
}
