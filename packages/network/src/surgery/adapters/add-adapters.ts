import { inferShapes } from '../../infer-shapes.js'
import { NetworkError } from '../../network-error.js'
import type { Layer, Network } from '../../network.js'
import { finishEdit } from '../edit.js'
import { freeze } from '../freeze.js'
import { describeRange, type LayerRange, selectLayers } from '../layer-range.js'
import type { Adapter, AdapterOptions, AdapterParts, AdapterSite } from './adapter.js'
import { adapters } from './index.js'

export interface AddAdaptersOptions extends LayerRange, AdapterOptions {
  /** Id of one of `adapters`. */
  readonly adapter: string
  /** Freeze everything before the head first, so that only adapters (and the head) train. Default true. */
  readonly freezesRest?: boolean
}

/**
 * Puts adapters on the layers of a range that they suit. The network gives the same values as before; `foldAdapters`
 * later makes plain weights of what they have learned.
 * @throws NetworkError for a bad range, or when no layer of it can take such an adapter
 */
export function addAdapters(network: Network, { freezesRest = true, ...options }: AddAdaptersOptions): Network {
  const adapter = adapterOf(options.adapter)
  const base = freezesRest ? freeze(network, { frozen: true }) : network
  const selected = selectLayers(base, options)
  const inside = new Set(selected)
  const sites = base.layers.filter(
    (layer) => inside.has(layer.name) && isFree(layer, base) && adapter.suits(layer, base),
  )
  if (sites.length === 0)
    throw new NetworkError(
      `No layer from ${selected[0]} to ${selected.at(-1)} can take ${adapter.title} (${adapter.description}), or all have an adapter already.`,
      'Choose another range, or the other kind of adapter.',
    )
  const shapes = inferShapes(base)
  const parts = new Map(
    sites.map((layer) => [
      layer.name,
      partsFor(base, { layer, output: shapes.get(layer.name) ?? [] }, adapter, options),
    ]),
  )
  const detail = [adapter.title, adapter.detail?.(options)].filter(Boolean).join(' ')
  return finishEdit(
    inserted(base, parts),
    `${detail} on ${sites.length} layers, ${describeRange(base, options, selected)}`,
  )
}

function adapterOf(id: string): Adapter {
  const found = adapters.find((adapter) => adapter.id === id)
  if (found !== undefined) return found
  throw new NetworkError(
    `There is no adapter ${JSON.stringify(id)}.`,
    `Choose one of ${adapters.map((adapter) => adapter.id).join(', ')}.`,
  )
}

const endings = adapters.map(({ ending }) => ending.slice(0, ending.lastIndexOf('.') + 1))

/** Whether a layer is neither part of an adapter nor has one. */
const isFree = (layer: Layer, { layers }: Network): boolean =>
  !endings.some((ending) => layer.name.includes(ending)) &&
  !layers.some(({ name }) => endings.some((ending) => name.startsWith(`${layer.name}${ending}`)))

function partsFor(
  network: Network,
  { layer, output }: Pick<AdapterSite, 'layer' | 'output'>,
  adapter: Adapter,
  options: AdapterOptions,
): AdapterParts {
  const shapes = Object.fromEntries(
    Object.entries(layer.parameters).map(([slot, key]) => [slot, network.parameters[key]?.shape ?? []]),
  )
  return adapter.layersFor({ layer, network, output, shapes }, options)
}

/** The network with layers put in behind others; who read those reads the last of the new ones. */
function inserted(network: Network, parts: ReadonlyMap<string, AdapterParts>): Network {
  const newValue = (name: string): string => parts.get(name)?.layers.at(-1)?.name ?? name
  const behind = (name: string): readonly Layer[] => parts.get(name)?.layers ?? []
  return {
    ...network,
    layers: network.layers.flatMap((layer) => [
      { ...layer, inputs: layer.inputs.map(newValue) },
      ...behind(layer.name).map((part) => ({
        ...part,
        // What the layer itself reads may be adapted too.
        inputs: part.inputs.map((input) => (layer.inputs.includes(input) ? newValue(input) : input)),
      })),
    ]),
    stages: network.stages.map((stage) => ({
      ...stage,
      layers: stage.layers.flatMap((name) => [name, ...behind(name).map((part) => part.name)]),
    })),
    parameters: Object.assign({}, network.parameters, ...[...parts.values()].map((part) => part.parameters)),
    output: newValue(network.output),
  }
}
