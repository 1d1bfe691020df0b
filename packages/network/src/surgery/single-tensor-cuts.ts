import type { Layer, Network } from '../network.js'

/**
 * Layers that every path from the input to the output passes through, in order: where the network can be cut in two
 * with one value crossing. The output layer is always the last one.
 */
export function singleTensorCuts({ layers, output }: Pick<Network, 'layers' | 'output'>): readonly string[] {
  const lastUse = lastUses(layers)
  lastUse.set(output, layers.length)
  let openUntil = lastUse.get(inputOf(layers)) ?? -1
  const cuts: string[] = []
  layers.forEach((layer, position) => {
    const use = lastUse.get(layer.name) ?? -1
    if (openUntil <= position && use > position) cuts.push(layer.name)
    openUntil = Math.max(openUntil, use)
  })
  return cuts
}

function lastUses(layers: readonly Layer[]): Map<string, number> {
  const uses = new Map<string, number>()
  layers.forEach((layer, position) => layer.inputs.forEach((input) => uses.set(input, position)))
  return uses
}

/** The network input is the one value that no layer makes. */
function inputOf(layers: readonly Layer[]): string {
  const made = new Set(layers.map((layer) => layer.name))
  return layers.flatMap((layer) => layer.inputs).find((input) => !made.has(input)) ?? ''
}
