import type { Layer, Network } from '@graft/network'
import { countReaders } from './count-readers.js'

/**
 * Makes one Swish (SiLU) of a Sigmoid and the product with its own input, as exporters write it, where nothing else
 * reads the Sigmoid: the gradient of the whole takes two passes over the maps less than those of its parts.
 */
export function joinSwish(network: Network): Network {
  const byName = new Map(network.layers.map((layer) => [layer.name, layer]))
  const readers = countReaders(network)
  const gateOf = (layer: Layer): Layer | undefined => {
    if (layer.operator !== 'Mul' || layer.inputs.length !== 2) return undefined
    const [left, right] = layer.inputs.map((name) => byName.get(name))
    const isGate = (gate: Layer | undefined, value: string | undefined): boolean =>
      gate?.operator === 'Sigmoid' && gate.inputs[0] === value && readers.get(gate.name) === 1
    if (isGate(right, layer.inputs[0])) return right
    return isGate(left, layer.inputs[1]) ? left : undefined
  }
  const gates = new Map(
    network.layers.flatMap((layer) => {
      const gate = gateOf(layer)
      return gate ? [[layer.name, gate] as const] : []
    }),
  )
  const joined = new Set([...gates.values()].map(({ name }) => name))
  return {
    ...network,
    layers: network.layers
      .filter(({ name }) => !joined.has(name))
      .map((layer) => {
        const gate = gates.get(layer.name)
        return gate ? { ...layer, operator: 'Swish', inputs: gate.inputs, attributes: {} } : layer
      }),
  }
}
