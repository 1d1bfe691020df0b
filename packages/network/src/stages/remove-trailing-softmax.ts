import type { Layer, Network } from '../network.js'
import { findOperator } from '../operators/index.js'
import { restrictTo, withHistory } from '../surgery/edit.js'

/**
 * Makes the network give logits: drops a Softmax (or LogSoftmax) at its end, also one that only reshaping follows, and
 * says so in the history. Nothing changes when there is none.
 */
export function removeTrailingSoftmax(network: Network): Network {
  return removeTrailing(network, ({ operator }) => findOperator(operator).givesProbabilities === true)
}

/**
 * The same for the Sigmoid of a network of which it is known that it answers for each class by itself: without that, a
 * Sigmoid at the end may be anything.
 */
export function removeTrailingSigmoid(network: Network): Network {
  return removeTrailing(network, ({ operator }) => operator === 'Sigmoid')
}

function removeTrailing(network: Network, isLast: (layer: Layer) => boolean): Network {
  const layers = new Map(network.layers.map((layer) => [layer.name, layer]))
  let current = layers.get(network.output)
  while (current && findOperator(current.operator).keepsNumbers) current = layers.get(current.inputs[0] ?? '')
  const [before] = current?.inputs ?? []
  if (!current || before === undefined || !isLast(current)) return network
  const removed = current
  const redirect = (name: string): string => (name === removed.name ? before : name)
  const rest = network.layers
    .filter((layer) => layer !== removed)
    .map((layer) => ({ ...layer, inputs: layer.inputs.map(redirect) }))
  const kept = new Set(rest.map((layer) => layer.name))
  return withHistory(
    restrictTo({ ...network, layers: rest, output: redirect(network.output) }, kept),
    `${removed.operator} ${removed.name} removed, so that the result is logits`,
  )
}
