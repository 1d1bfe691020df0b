import { inferShapes } from '../infer-shapes.js'
import type { Layer, Network } from '../network.js'
import type { Shape } from '../operator.js'
import { findOperator } from '../operators/index.js'

const alongFirst = new Set([
  'StandardisedConv',
  'BatchNormalization',
  'InstanceNormalization',
  'GroupNormalization',
  'MaxPool',
  'AveragePool',
  'GlobalAveragePool',
  'GlobalMaxPool',
  'Resize',
  'DepthToSpace',
  'SpaceToDepth',
])

/**
 * The axis of the channels in a feature map `[batch, ...]` of four axes: the last one inside networks that compute with channels
 * last (Swin, ConvNeXt's blocks), else the second; of a sequence `[batch, ...]` of three axes the last, unless it was turned round. What the layers before it do with their values tells: a convolution gives
 * channels in the second axis, a fully connected layer and a layer normalisation in the last, a transposition moves them.
 */
export function channelAxis(network: Network, name: string): number {
  const shapes = inferShapes(network)
  const search = {
    layers: new Map(network.layers.map((layer) => [layer.name, layer])),
    shapes,
    seen: new Set<string>(),
  }
  return (
    axisOf(
      search,
      name,
      (shapes.get(name) ?? []).map((_, axis) => axis),
    ) ?? (shapes.get(name)?.length === 3 ? 2 : 1)
  )
}

interface Search {
  readonly layers: ReadonlyMap<string, Layer>
  readonly shapes: ReadonlyMap<string, Shape>
  readonly seen: Set<string>
}

/** @param order for every axis of the value that is asked for, the axis of this earlier one that it comes from */
function axisOf(search: Search, name: string, order: readonly number[]): number | null {
  const layer = search.layers.get(name)
  const shape = search.shapes.get(name) ?? []
  if (search.seen.has(name)) return null
  search.seen.add(name)
  if (layer === undefined) return shape.length === order.length ? order.indexOf(1) : null
  const own = ownAxis(layer, shape.length)
  if (own !== null) return order.indexOf(own)
  const perm = layer.operator === 'Transpose' ? (layer.attributes['perm'] as readonly number[]) : null
  for (const input of layer.inputs) {
    const before = search.shapes.get(input) ?? []
    const found =
      layer.operator === 'Unsqueeze'
        ? axisOf(
            search,
            input,
            order.map((axis) => beforeInsertion(axis, layer.attributes['axes'] as readonly number[])),
          )
        : layer.operator === 'Reshape' || before.length !== shape.length
          ? reshapedAxis(shape, before, order)
          : axisOf(search, input, perm === null ? order : order.map((axis) => perm[axis] ?? axis))
    if (found !== null) return found
  }
  return null
}

/** The axis of a value that this one is after axes of size 1 were inserted; -1 for an inserted one. */
const beforeInsertion = (axis: number, inserted: readonly number[]): number =>
  inserted.includes(axis) ? -1 : axis - inserted.filter((other) => other < axis).length

/** Where a layer's own formula says that its channels are. */
function ownAxis(layer: Layer, rank: number): number | null {
  if (alongFirst.has(layer.operator) || findOperator(layer.operator).linear?.weight === 'kernel') return 1
  const isMatrix = layer.operator === 'MatMul' && layer.parameters['weight'] !== undefined
  const overLast =
    layer.operator === 'LayerNormalization' && [-1, rank - 1].includes(Number(layer.attributes['axis'] ?? -1))
  return isMatrix || overLast ? rank - 1 : null
}

/**
 * A sequence `[batch, tokens, features]` laid out as `[batch, height, width, features]` keeps its features last; a
 * transposition before may have put them second.
 */
function reshapedAxis(after: Shape, before: Shape, order: readonly number[]): number | null {
  const last = after.length - 1
  if (before.length === 3 && after[last] === before[2]) return order.indexOf(last)
  return before.length === 3 && after[1] === before[1] ? order.indexOf(1) : null
}
