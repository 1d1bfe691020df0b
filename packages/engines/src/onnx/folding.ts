import { foldBatchNorm } from '@graft/network'
import type { Network, Tensors } from '@graft/network'

/** A network for evaluation with its batch normalisations folded where that is possible, and where to find the asked outputs in it. */
export interface FoldedNetwork {
  readonly network: Network
  readonly tensors: Tensors
  /** Asked layer -> layer of `network` that yields its value. */
  readonly sources: ReadonlyMap<string, string>
}

/**
 * Folds batch normalisations into the layers before them. A folded one's value is afterwards the value of the layer it was folded into;
 * when the value *before* a normalisation is asked for, nothing is folded, since it would no longer exist.
 */
export function foldForOutputs(network: Network, tensors: Tensors, outputs: readonly string[]): FoldedNetwork {
  const evaluated = forEvaluation(network)
  const folded = foldBatchNorm(evaluated, tensors)
  const remaining = new Set(folded.network.layers.map(layer => layer.name))
  const vanished = new Map(network.layers.filter(layer => !remaining.has(layer.name)).map(layer => [layer.name, layer]))
  const overwritten = new Set([...vanished.values()].flatMap(layer => layer.inputs))
  if (outputs.some(name => overwritten.has(name))) return { network: evaluated, tensors, sources: new Map(outputs.map(name => [name, name])) }
  return { ...folded, sources: new Map(outputs.map(name => [name, vanished.get(name)?.inputs[0] ?? name])) }
}

/** In a forward pass every batch normalisation uses its stored statistics, whatever it does while training. */
function forEvaluation(network: Network): Network {
  return { ...network, layers: network.layers.map(layer => (layer.statistics === 'batch' ? { ...layer, statistics: 'frozen' } : layer)) }
}
