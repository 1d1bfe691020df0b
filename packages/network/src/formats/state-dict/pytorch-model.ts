import type { Network, Tensors } from '../../network.js'
import { stateDictOf } from './state-dict-of.js'

/** The model of a library whose state dict a network's weights are. */
export interface PyTorchModel {
  readonly library: 'torchvision' | 'timm'
  /** As the library calls it. */
  readonly name: string
}

/** Which model of torchvision or timm takes a network's state dict. Throws NetworkError where none does. */
export function pytorchModelOf(network: Network, tensors: Tensors): PyTorchModel {
  const { architecture, layout } = stateDictOf(network, tensors)
  const { id, aliases, layouts } = architecture
  if (layout !== 'timm') return { library: 'torchvision', name: id }
  return { library: 'timm', name: layouts[0] === 'timm' ? id : (aliases[0] ?? id) }
}
