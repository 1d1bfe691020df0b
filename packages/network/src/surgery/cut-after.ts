import { NetworkError } from '../network-error.js'
import type { Network } from '../network.js'
import { ancestorsOf, findLayer, findStage, listed, restrictTo, unknownTarget, finishEdit } from './edit.js'
import { singleTensorCuts } from './single-tensor-cuts.js'

/**
 * Keeps the network up to and including a stage or layer; its value becomes the result. Stages win where a stage and a
 * layer share a name. Class names go when the classifier goes.
 * @throws NetworkError when there is no such stage or layer, or when a path passes by the layer (inside a residual block); legal ones near it are named
 */
export function cutAfter(network: Network, target: string): Network {
  const output = legalLayer(network, findStage(network, target)?.layers.at(-1) ?? target, target)
  const kept = restrictTo({ ...network, output }, ancestorsOf(network, output))
  return finishEdit({ ...kept, head: output === network.output ? network.head : null }, `cut after ${target}`)
}

function legalLayer(network: Network, layer: string, target: string): string {
  if (!findLayer(network, layer)) throw unknownTarget(network, target)
  const cuts = singleTensorCuts(network)
  if (cuts.includes(layer)) return layer
  throw new NetworkError(
    `Can't cut ${network.name} after ${target}: another path passes by it (it lies inside a residual or parallel block), so the network would lose that path.`,
    `Cut at ${nearestTo(network, layer, cuts)}, or at the end of a stage: ${listed(legalStages(network, cuts))}.`,
  )
}

const legalStages = ({ stages }: Network, cuts: readonly string[]): readonly string[] =>
  stages.filter(({ layers }) => cuts.includes(layers.at(-1) ?? '')).map(({ name }) => name)

function nearestTo(network: Network, target: string, cuts: readonly string[]): string {
  const names = network.layers.map((layer) => layer.name)
  const position = names.indexOf(target)
  const before = cuts.filter((name) => names.indexOf(name) < position).at(-1)
  const after = cuts.find((name) => names.indexOf(name) > position)
  return [before && `${before} (before it)`, after && `${after} (after it)`].filter(Boolean).join(' or ')
}
