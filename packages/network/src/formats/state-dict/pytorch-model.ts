import type { Network, Tensors } from '../../network.js'
import { type Library, libraryOf } from './layouts.js'
import { stateDictOf } from './state-dict-of.js'

/** The model of a library whose state dict a network's weights are. */
export interface PyTorchModel {
  readonly library: Library
  /** As the library calls it; of transformers the repository whose `config.json` describes it, empty where it came from a file. */
  readonly name: string
}

/** Which model of torchvision, timm or transformers takes a network's state dict. Throws NetworkError where none does. */
export function pytorchModelOf(network: Network, tensors: Tensors): PyTorchModel {
  const { architecture, layout } = stateDictOf(network, tensors)
  const { id, aliases, layouts } = architecture
  const library = libraryOf(layout) ?? 'torchvision'
  if (library === 'transformers') return { library, name: repositoryOf(network.provenance.source) }
  if (library === 'torchvision') return { library, name: id }
  return { library, name: layouts[0] === 'timm' ? id : (aliases[0] ?? id) }
}

/** `hf:ORGANISATION/NAME`, with or without revision and file. */
const repositoryOf = (source: string): string => /^hf:([\w.-]+\/[\w.-]+)/.exec(source)?.[1] ?? ''
