import type { Layer } from '../network.js'
import { findOperator } from '../operators/index.js'
import { groupOfLayer } from './name-groups.js'

/** Where a stage begins. */
export interface Start {
  readonly name: string
  readonly position: number
}

/**
 * The blocks of a transformer encoder, one for every attention: each begins behind the last place before its attention
 * where a single value crosses, which is where the block before it ends (before or after a normalisation, as the
 * network has it). Their names are the groups of their layers' names (`encoder_layer_3`) where each block has one of
 * its own, else `block1`, `block2`, ...
 */
export function encoderBlocks(layers: readonly Layer[], cuts: readonly number[]): readonly Start[] {
  const attentions = layers.flatMap((layer, position) => (isAttention(layer, layers) ? [position] : []))
  const positions = [
    ...new Set(attentions.map((attention) => (cuts.filter((cut) => cut < attention).at(-1) ?? -1) + 1)),
  ]
  const groups = positions.map((position) =>
    groupOfLayer(layers[attentions.find((attention) => attention >= position) ?? position] as Layer),
  )
  const named = new Set(groups).size === groups.length && !groups.includes(undefined)
  return positions.map((position, index) => ({
    name: (named ? groups[index] : undefined) ?? `block${index + 1}`,
    position,
  }))
}

/** A softmax over products of computed values that weighs computed values. */
function isAttention(layer: Layer, layers: readonly Layer[]): boolean {
  if (layer.operator !== 'Softmax') return false
  const readers = layers.filter((other) => other.inputs.includes(layer.name))
  const behindDropout = readers.flatMap((reader) =>
    findOperator(reader.operator).stochastic ? layers.filter((other) => other.inputs.includes(reader.name)) : [reader],
  )
  return behindDropout.some((reader) => reader.operator === 'MatMul' && reader.inputs.length === 2)
}
