import type { NetworkSummary } from '@graft/graph-schema'
import {
  countMacs,
  countParameters,
  explainPreprocessing,
  findOperator,
  inferShapes,
  keepsStatistics,
  originOf,
  receptiveFields,
  singleTensorCuts,
} from '@graft/network'
import type { Layer, Network } from '@graft/network'

/**
 * A network for people: per stage and layer, what comes out, how much there is to learn, how much work it is. Throws
 * NetworkError when shapes don't fit.
 */
export function summariseNetwork(network: Network): NetworkSummary {
  const shapes = inferShapes(network)
  const macs = countMacs(network)
  const fields = receptiveFields(network)
  const cuts = new Set(singleTensorCuts(network))
  const fieldOf = (name: string): { readonly height: number; readonly width: number } | null => {
    const field = fields.get(name) ?? null
    return field === null ? null : { height: field.height, width: field.width }
  }
  const layers = new Map(network.layers.map((layer) => [layer.name, layer]))
  const shapeOf = (name: string): readonly number[] => (shapes.get(name) ?? []).slice(1)
  const stages = network.stages.map(({ name, layers: names }) => {
    const own = names.flatMap((layer) => layers.get(layer) ?? [])
    const rows = own.map((layer) => ({
      name: layer.name,
      operator: layer.operator,
      shape: shapeOf(layer.name),
      ...count(network, [layer]),
      macs: macs.get(layer.name) ?? 0,
      receptiveField: fieldOf(layer.name),
      cut: cuts.has(layer.name),
      frozen: isFrozen(network, layer),
    }))
    return {
      name,
      shape: shapeOf(names.at(-1) ?? ''),
      ...count(network, own),
      macs: rows.reduce((sum, row) => sum + row.macs, 0),
      receptiveField: fieldOf(names.at(-1) ?? ''),
      statistics: statisticsOf(own),
      layers: rows,
    }
  })
  const { total, trainable } = countParameters(network)
  const { licence, source, history } = network.provenance
  return {
    name: network.name,
    input: network.input,
    parameters: total,
    trainable,
    macs: [...macs.values()].reduce((sum, value) => sum + value, 0),
    isOutline: network.isOutline === true,
    classNames: network.head === null ? null : [...network.head.names],
    licence,
    source,
    history: [...history],
    preprocessing: {
      ...network.preprocessing,
      mean: [...network.preprocessing.mean],
      deviation: [...network.preprocessing.deviation],
      explanation: explainPreprocessing(network),
      certain: originOf(network).certain,
    },
    stages,
  }
}

/** A part of the network counts what its layers use. */
function count(
  network: Network,
  layers: readonly Layer[],
): { readonly parameters: number; readonly trainable: number } {
  const keys = new Set(layers.flatMap((layer) => Object.values(layer.parameters)))
  const parameters = Object.fromEntries(Object.entries(network.parameters).filter(([key]) => keys.has(key)))
  const { total, trainable } = countParameters({ ...network, layers, parameters })
  return { parameters: total, trainable }
}

function isFrozen(network: Network, layer: Layer): boolean {
  const parameters = Object.values(layer.parameters).flatMap((key) => network.parameters[key] ?? [])
  return parameters.length > 0 && parameters.every((parameter) => !parameter.trainable)
}

function statisticsOf(layers: readonly Layer[]): 'frozen' | 'batch' | 'mixed' | null {
  const policies = new Set(
    layers
      .filter((layer) => keepsStatistics(findOperator(layer.operator)))
      .map((layer) => layer.statistics ?? 'frozen'),
  )
  if (policies.size === 0) return null
  return policies.size > 1 ? 'mixed' : ([...policies][0] ?? null)
}
