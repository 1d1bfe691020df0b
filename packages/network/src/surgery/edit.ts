import { NetworkError } from '../network-error.js'
import type { Layer, Network, Parameter, Stage } from '../network.js'
import { validateNetwork } from '../validate-network.js'

/** Name of the stage that holds the classifier. */
export const headStage = 'head'

export const findLayer = (network: Network, name: string): Layer | undefined =>
  network.layers.find((layer) => layer.name === name)

export const findStage = (network: Network, name: string): Stage | undefined =>
  network.stages.find((stage) => stage.name === name)

/** The network with one more line in its history. */
export function withHistory(network: Network, line: string): Network {
  return { ...network, provenance: { ...network.provenance, history: [...network.provenance.history, line] } }
}

/** Ends an operation: one more line of history, and a check that the result is a sound network. */
export function finishEdit(network: Network, line: string): Network {
  const result = withHistory(network, line)
  validateNetwork(result)
  return result
}

/** Names of the layers whose values the given layer depends on, itself included. */
export function ancestorsOf(network: Network, name: string): ReadonlySet<string> {
  const needed = new Set([name])
  for (const layer of [...network.layers].reverse())
    if (needed.has(layer.name)) layer.inputs.forEach((input) => needed.add(input))
  return needed
}

/** Keeps the given layers only, with what they use: parameters without a user and empty stages are dropped. */
export function restrictTo(network: Network, kept: ReadonlySet<string>): Network {
  const layers = network.layers.filter((layer) => kept.has(layer.name))
  const stages = network.stages
    .map((stage) => ({ ...stage, layers: stage.layers.filter((name) => kept.has(name)) }))
    .filter((stage) => stage.layers.length > 0)
  return { ...network, layers, stages, parameters: usedParameters(layers, network.parameters) }
}

/** The parameters that layers refer to, in their order. */
export function usedParameters(
  layers: readonly Layer[],
  parameters: Readonly<Record<string, Parameter>>,
): Record<string, Parameter> {
  const used = new Set(layers.flatMap((layer) => Object.values(layer.parameters)))
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => used.has(name)))
}

/** Says that a name is neither a stage nor a layer, with what there is. */
export function unknownTarget(network: Network, name: string): NetworkError {
  const similar = network.layers
    .map((layer) => layer.name)
    .filter((layer) => layer.includes(name) || name.includes(layer))
    .slice(0, 5)
  return new NetworkError(
    `${network.name} has no stage or layer ${JSON.stringify(name)}. Its stages are ${listed(network.stages.map((stage) => stage.name))}` +
      `${similar.length ? `; similar layers are ${listed(similar)}` : ''}.`,
    'Use one of these names.',
  )
}

export const listed = (names: readonly string[]): string => (names.length ? names.join(', ') : '(none)')
