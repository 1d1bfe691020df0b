import { classifierHead, imageNetClasses, type LoadedNetwork, type Network, originOf } from '@graft/network'
import type { ResolvedModel } from '../../../hubs/index.js'

/** What is known of a name, whether or not its files are here. */
type Named = Pick<ResolvedModel, 'label' | 'licence' | 'network'>

/**
 * The network with what its hub and the catalogue know of it and its file doesn't say: preprocessing, class names,
 * licence. The revision stands in its source.
 */
export function describeNamed({ network, tensors }: LoadedNetwork, resolved: Named): LoadedNetwork {
  const licence = network.provenance.licence ?? resolved.licence ?? null
  return {
    network: {
      ...withPreprocessing(withClasses(network, resolved), resolved),
      provenance: { ...network.provenance, source: resolved.label, licence },
    },
    tensors,
  }
}

/** What the file itself says goes first; assumptions give way to what the hub says of these very weights. */
function withPreprocessing(network: Network, { network: known, label }: Named): Network {
  if (known === undefined || ['file', 'metadata', 'graph', 'neighbour'].includes(originOf(network).how)) return network
  const { height, width } = known.preprocessing
  const [, ownHeight, ownWidth] = network.input.shape
  if (height !== ownHeight || width !== ownWidth) return network
  return {
    ...network,
    preprocessing: known.preprocessing,
    preprocessingOrigin: { how: 'family', reason: `${label} was trained so, by its hub's own record`, certain: true },
  }
}

/** Classes that are only numbered get their names. */
function withClasses(network: Network, { network: known }: Named): Network {
  const names = network.head?.names
  const areNumbered = names?.every((name, index) => name === `class ${index}`) === true
  return known?.classes === 'imagenet' && areNumbered && names.length === imageNetClasses.length
    ? { ...network, head: classifierHead(imageNetClasses) }
    : network
}
