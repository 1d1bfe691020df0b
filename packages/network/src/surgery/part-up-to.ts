import type { Network } from '../network.js'
import { NetworkError } from '../network-error.js'
import { restrictTo } from './edit.js'

/**
 * The part of a network that the values of these layers need, and nothing else; its output is the last of them in the
 * network's order, and it has no head. Throws NetworkError for a layer that isn't there.
 */
export function partUpTo(network: Network, layers: readonly string[]): Network {
  const names = network.layers.map(({ name }) => name)
  const unknown = layers.filter((name) => !names.includes(name))
  const output = names.findLast((name) => layers.includes(name))
  if (unknown.length > 0 || output === undefined)
    throw new NetworkError(
      unknown.length > 0
        ? `${network.name} has no layer "${unknown.join('", "')}".`
        : 'No layer was named whose values are wanted.',
      'Name layers of the network; `network.layers` lists them.',
    )
  const needed = new Set(layers)
  for (const layer of network.layers.toReversed())
    if (needed.has(layer.name)) for (const input of layer.inputs) needed.add(input)
  return { ...restrictTo(network, new Set(names.filter((name) => needed.has(name)))), output, head: null }
}
