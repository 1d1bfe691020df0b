import type { Layer, Network } from '@graft/network'
import { countReaders } from './count-readers.js'

/**
 * Lets rectifiers that only a max pooling reads come after it: the largest of the rectified is the rectified largest,
 * bit for bit, and what follows works on a fraction of the pixels. The gradients are the same too: where a window's
 * maximum is positive the same pixel gets it, elsewhere none does.
 */
export function poolBeforeRectifying(network: Network): Network {
  const byName = new Map(network.layers.map((layer) => [layer.name, layer]))
  const readers = countReaders(network)
  const rectifierBefore = (layer: Layer): Layer | undefined => {
    const before = layer.operator === 'MaxPool' ? byName.get(layer.inputs[0] ?? '') : undefined
    return before?.operator === 'Relu' && readers.get(before.name) === 1 ? before : undefined
  }
  const moved = new Set(network.layers.flatMap((layer) => rectifierBefore(layer)?.name ?? []))
  return {
    ...network,
    layers: network.layers.flatMap((layer) => {
      const rectifier = rectifierBefore(layer)
      if (moved.has(layer.name)) return []
      return rectifier
        ? [
            { ...layer, name: rectifier.name, inputs: rectifier.inputs },
            { ...rectifier, name: layer.name, inputs: [rectifier.name] },
          ]
        : [layer]
    }),
  }
}
