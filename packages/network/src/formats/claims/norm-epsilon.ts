import { z } from 'zod'
import type { Layer, Network } from '../../network.js'

const configSchema = z.looseObject({ model_type: z.string(), layer_norm_eps: z.number().positive().max(1).optional() })

/** Where transformers' models of a kind take `layer_norm_eps`, and what it is where `config.json` doesn't say. */
interface Kind {
  readonly usual: number
  takes(layer: Layer, last: string): boolean
}

const everywhere: Kind['takes'] = () => true
const onlyLast: Kind['takes'] = ({ name }, last) => name === last

const kinds: Readonly<Record<string, Kind>> = {
  vit: { usual: 1e-12, takes: everywhere },
  deit: { usual: 1e-12, takes: everywhere },
  dinov2: { usual: 1e-6, takes: everywhere },
  // Those of the patches and of merging keep PyTorch's 1e-5.
  swin: { usual: 1e-5, takes: ({ name }, last) => name === last || /\.norm[12]$/.test(name) },
  convnext: { usual: 1e-12, takes: onlyLast },
  convnextv2: { usual: 1e-12, takes: onlyLast },
}

/**
 * A network of transformers with the epsilon of layer normalisations that its `config.json` says, which is another one
 * than timm's of the same architecture; the network itself where it is none of those.
 */
export function withNormEpsilon(network: Network, config: unknown): Network {
  const { data } = configSchema.safeParse(config)
  const kind = data === undefined || !Object.hasOwn(kinds, data.model_type) ? undefined : kinds[data.model_type]
  if (data === undefined || kind === undefined) return network
  const isNorm = ({ operator }: Layer): boolean => operator === 'LayerNormalization'
  const last = network.layers.findLast(isNorm)?.name ?? ''
  const epsilon = data.layer_norm_eps ?? kind.usual
  return {
    ...network,
    layers: network.layers.map((layer) =>
      isNorm(layer) && kind.takes(layer, last) ? { ...layer, attributes: { ...layer.attributes, epsilon } } : layer,
    ),
  }
}
