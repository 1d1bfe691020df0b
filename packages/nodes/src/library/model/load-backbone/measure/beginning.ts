import { findOperator, inferShapes, keepsStatistics, type Layer, type Network } from '@graft/network'

/** Layers at the beginning of a network that tell what goes into it. */
export interface Beginning {
  /**
   * The last layer that still gives an image of three channels, before anything learned; null when that is the input
   * itself.
   */
  readonly entry: { readonly name: string; readonly channelAxis: number } | null
  /** Normalisations with running statistics that have no other before them. */
  readonly normalisations: readonly Layer[]
  /** The first layer with a weight, a convolution; null where it has no bias. */
  readonly convolution: Layer | null
}

/** Behind more layers with weights, images without a subject are no longer like photos. */
const mostWeightsBefore = 2
const mostNormalisations = 4

/** Looks for them; nothing is computed. */
export function beginningOf(network: Network): Beginning {
  const shapes = inferShapes(network)
  const weightsBefore = new Map<string, number>([[network.input.name, 0]])
  const isBehindNormalisation = new Set<string>()
  const normalisations: Layer[] = []
  let entry: Beginning['entry'] = null
  let convolution: Layer | null | undefined
  for (const layer of network.layers) {
    const before = layer.inputs.map((input) => weightsBefore.get(input)).filter((count) => count !== undefined)
    if (before.length === 0) continue
    const count = Math.max(...before) + (layer.parameters.weight === undefined ? 0 : 1)
    weightsBefore.set(layer.name, count)
    if (count === 1) convolution ??= layer.operator === 'Conv' && layer.parameters.bias !== undefined ? layer : null
    const isNormalisation = keepsStatistics(findOperator(layer.operator))
    const isBehind = layer.inputs.some((input) => isBehindNormalisation.has(input))
    if (isNormalisation && !isBehind && count <= mostWeightsBefore) normalisations.push(layer)
    if (isNormalisation || isBehind) isBehindNormalisation.add(layer.name)
    const channelAxis = axisOfColours(shapes.get(layer.name) ?? [])
    if (count === 0 && channelAxis !== null) entry = { name: layer.name, channelAxis }
  }
  return { entry, normalisations: normalisations.slice(0, mostNormalisations), convolution: convolution ?? null }
}

function axisOfColours(shape: readonly number[]): number | null {
  if (shape.length !== 4) return null
  return shape[1] === 3 ? 1 : shape[3] === 3 ? 3 : null
}
