import { must } from '@graft/errors'
import {
  inferShapes,
  type Layer,
  type Network,
  type Parameter,
  resolveAttributes,
  type TensorData,
  type Tensors,
} from '@graft/network'
import { identifiers, unusedName } from '../python/identifiers.js'
import { SharedMembers } from './shared-members.js'
import { layersOfStages } from './stage-layers.js'
import { torchOperator } from './operators/index.js'
import type { TorchCall } from './torch-operator.js'
import { pathIn, type WrittenLayer, type WrittenStage } from './written-layer.js'

/** A network as PyTorch has it. */
export interface Described {
  readonly network: Network
  /** Name of every parameter in the state dict, by its name in the network. */
  readonly names: ReadonlyMap<string, string>
  /** Of parameters that the state dict has in another layout, by their names in the network. */
  readonly layouts: ReadonlyMap<string, Layout>
}

/** A network as it is written in PyTorch, layer by layer. */
export interface TorchNetwork extends Described {
  readonly stages: readonly WrittenStage[]
}

/** How every layer of a network is written. Throws NodeError naming the first that can't be. */
export function torchNetwork(network: Network): TorchNetwork {
  const shapes = inferShapes(network)
  const layers = layersOfStages(network)
  const attributes = identifiers(network.stages.map(({ name }) => name))
  const shared = new SharedMembers()
  const stages = network.stages.map(({ name }, index): WrittenStage => {
    const attribute = must(attributes.get(name), `a name of ${name}`)
    const written = writtenLayers(network, attribute, layers[index] ?? [], shapes, shared)
    const used = written.flatMap(({ module, loose }) => [module, ...Object.values(loose)].map(({ stage }) => stage))
    return { name, attribute, layers: written, borrowsFrom: [...new Set(used)].filter((one) => one !== attribute) }
  })
  return { network, stages, names: stateNames(stages), layouts: layoutsOf(stages) }
}

function writtenLayers(
  network: Network,
  stage: string,
  layers: readonly Layer[],
  shapes: ReturnType<typeof inferShapes>,
  shared: SharedMembers,
): readonly WrittenLayer[] {
  const shapeOf = (name: string): readonly number[] => must(shapes.get(name), `the shape of ${name}`)
  const attributes = identifiers(layers.map(({ name }) => name))
  const used = new Set(attributes.values())
  return layers.map((layer) => {
    const call: TorchCall = {
      layer,
      attributes: resolveAttributes(layer),
      inputs: layer.inputs.map(shapeOf),
      output: shapeOf(layer.name),
      parameters: Object.fromEntries(
        Object.entries(layer.parameters).map(([slot, key]) => [slot, parameterOf(network, key).shape]),
      ),
    }
    const torch = torchOperator(layer.operator).write(call)
    const attribute = must(attributes.get(layer.name), `a name of ${layer.name}`)
    const known = shared.moduleOf(layer, torch)
    const slots = Object.keys(layer.parameters).filter(
      (slot) => torch.module === undefined || torch.names?.[slot] === undefined,
    )
    // A layer without module leaves its name to its only parameter.
    const nameOf = (slot: string): string =>
      slots.length === 1 && torch.module === undefined ? attribute : unusedName(`${attribute}_${slot}`, used)
    const members = slots.map((slot) => {
      const before = shared.parameterOf(layer, torch, slot)
      return [slot, before ?? { stage, name: nameOf(slot) }, before === undefined] as const
    })
    const written: WrittenLayer = {
      ...{ layer, call, torch },
      module: known ?? { stage, name: attribute },
      loose: Object.fromEntries(members),
      makes: {
        module: torch.module !== undefined && known === undefined,
        loose: new Set(members.flatMap(([slot, , isOwn]) => (isOwn ? [slot] : []))),
      },
    }
    shared.add(written)
    return written
  })
}

const parameterOf = ({ parameters }: Network, key: string): Parameter => must(parameters[key], `the parameter ${key}`)

function stateNames(stages: readonly WrittenStage[]): ReadonlyMap<string, string> {
  return new Map(
    stages.flatMap(({ layers }) =>
      layers.flatMap((written) =>
        Object.entries(written.layer.parameters).map(([slot, key]): [string, string] => [
          key,
          `${(written.loose[slot] ?? written.module).stage}.${pathIn(written, slot)}`,
        ]),
      ),
    ),
  )
}

/** The network with its parameters called and laid out as in the state dict, so that the file opens here again. */
export function asWritten({ stages, names, layouts }: TorchNetwork, network: Network): Network {
  const renamed = (key: string): string => must(names.get(key), `the name of ${key}`)
  const turned = new Set(
    stages.flatMap(({ layers }) =>
      layers.filter(({ torch }) => torch.transposed?.length).map(({ layer }) => layer.name),
    ),
  )
  return {
    ...network,
    layers: network.layers.map((layer) => ({
      ...layer,
      parameters: Object.fromEntries(Object.entries(layer.parameters).map(([slot, key]) => [slot, renamed(key)])),
      attributes: turned.has(layer.name) ? { ...layer.attributes, transB: 1 } : layer.attributes,
    })),
    parameters: Object.fromEntries(
      Object.entries(network.parameters)
        .filter(([key]) => names.has(key))
        .map(([key, parameter]) => [
          renamed(key),
          { ...parameter, shape: (layouts.get(key) ?? same).shape(parameter.shape) },
        ]),
    ),
  }
}

/** Values under the names of the state dict, as PyTorch has them; those that no layer reads are left out. */
export function stateDict({ names, layouts }: Described, tensors: Tensors): Tensors {
  return new Map(
    [...tensors].flatMap(([key, values]): [string, TensorData][] => {
      const name = names.get(key)
      return name === undefined ? [] : [[name, (layouts.get(key) ?? same).values(values)]]
    }),
  )
}

/** Values of a state dict under the network's names and in its layout; those that it doesn't have stay out. */
export function fromStateDict({ names, layouts, network }: Described, state: Tensors): Tensors {
  return new Map(
    [...names].flatMap(([key, name]): [string, TensorData][] => {
      const values = state.get(name)
      const shape = network.parameters[key]?.shape
      return values === undefined || shape === undefined ? [] : [[key, (layouts.get(key) ?? same).back(values, shape)]]
    }),
  )
}

/** How a state dict has a parameter where it isn't as the network has it. */
export interface Layout {
  shape(shape: readonly number[]): readonly number[]
  values(tensor: TensorData): TensorData
  /** The other way, to this shape. */
  back(tensor: TensorData, shape: readonly number[]): TensorData
}

const turn = ({ shape: [rows = 0, columns = 0], data }: TensorData): TensorData => ({
  shape: [columns, rows],
  data: Float32Array.from(data, (_, place) => data[(place % rows) * columns + Math.floor(place / rows)] ?? 0),
})

const same: Layout = { shape: (shape) => shape, values: (tensor) => tensor, back: (tensor) => tensor }
export const transposed: Layout = { shape: (shape) => [...shape].reverse(), values: turn, back: turn }
/** The same values in another shape. */
export const reshaped = (wanted: readonly number[]): Layout => ({
  shape: () => wanted,
  values: ({ data }) => ({ shape: wanted, data }),
  back: ({ data }, shape) => ({ shape, data }),
})

const inOneAxis: Layout = {
  shape: (shape) => [shape.reduce((product, size) => product * size, 1)],
  values: ({ data }) => ({ shape: [data.length], data }),
  back: ({ data }, shape) => ({ shape, data }),
}

function layoutsOf(stages: readonly WrittenStage[]): ReadonlyMap<string, Layout> {
  return new Map(
    stages.flatMap(({ layers }) =>
      layers.flatMap(({ layer, torch }) =>
        Object.entries(layer.parameters).flatMap(([slot, key]): [string, Layout][] => {
          if (torch.transposed?.includes(slot)) return [[key, transposed]]
          return torch.flat?.includes(slot) ? [[key, inOneAxis]] : []
        }),
      ),
    ),
  )
}
