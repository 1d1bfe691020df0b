import { inferShapes, shapeCall } from './infer-shapes.js'
import type { Network } from './network.js'
import type { Reach } from './operator.js'
import { findOperator } from './operators/index.js'

/** How much of the image one value of a layer depends on, in pixels, and how far its neighbours' parts are apart. */
export interface ReceptiveField {
  readonly height: number
  readonly width: number
  readonly strides: readonly [number, number]
}

/** A field, and the axes of the value that run down and across the image. */
type Tracked = ReceptiveField & { readonly axes: readonly [number, number] }

/**
 * What part of the image each layer's values depend on, by layer name, padding included (so it may be larger than the
 * image). Null where a value may depend on all of it: behind global pooling, attention or a change of shape. Throws
 * NetworkError when shapes don't fit.
 */
export function receptiveFields(network: Network): ReadonlyMap<string, ReceptiveField | null> {
  const shapes = inferShapes(network, 1)
  const isImage = network.input.shape.length === 3
  const pixel: Tracked | null = isImage ? { height: 1, width: 1, strides: [1, 1], axes: [2, 3] } : null
  const tracked = new Map<string, Tracked | null>([[network.input.name, pixel]])
  for (const layer of network.layers) {
    const reach = findOperator(layer.operator).reach?.(shapeCall(network, layer, shapes)) ?? null
    const inputs = layer.inputs.map((name) => tracked.get(name) ?? null)
    tracked.set(layer.name, reach === null ? null : behind(reach, inputs))
  }
  return new Map(network.layers.map(({ name }) => [name, withoutAxes(tracked.get(name) ?? null)]))
}

function behind(reach: Reach, inputs: readonly (Tracked | null)[]): Tracked | null {
  const joined = inputs.reduce(union)
  if (joined === null || joined === undefined) return null
  if ('mixes' in reach) return joined.axes.some((axis) => reach.mixes.includes(axis)) ? null : joined
  if ('order' in reach) {
    const [down, across] = joined.axes.map((axis) => reach.order.indexOf(axis)) as [number, number]
    return { ...joined, axes: [down, across] }
  }
  const { span, strides } = reach.window
  const grown = (size: number, axis: 0 | 1): number => size + ((span[axis] ?? 1) - 1) * joined.strides[axis]
  return {
    ...joined,
    height: grown(joined.height, 0),
    width: grown(joined.width, 1),
    strides: [joined.strides[0] * (strides[0] ?? 1), joined.strides[1] * (strides[1] ?? 1)],
  }
}

/** What a value of both depends on; branches of one map have their strides in common. */
function union(one: Tracked | null, other: Tracked | null): Tracked | null {
  if (one === null || other === null) return null
  return { ...one, height: Math.max(one.height, other.height), width: Math.max(one.width, other.width) }
}

function withoutAxes(tracked: Tracked | null): ReceptiveField | null {
  if (tracked === null) return null
  const { height, width, strides } = tracked
  return { height, width, strides }
}
