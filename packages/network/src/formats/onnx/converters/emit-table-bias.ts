import { broadcastShape } from '../values/strided.js'
import type { Constant, LayerValue } from '../values/graph-value.js'
import type { NodeCall } from '../values/node-call.js'
import type { GraphBuilder } from './graph-builder.js'
import { isTellingName } from '../values/telling-name.js'

/**
 * A bias that the file looks up in a learned table (of distances between positions, say) is added by a layer that learns the
 * table; null for any other operand.
 */
export function emitTableBias(
  call: NodeCall,
  builder: GraphBuilder,
  value: LayerValue,
  bias: Constant,
  suffix: string,
): LayerValue | null {
  if (
    bias.moved === undefined ||
    bias.origin !== null ||
    broadcastShape(bias.shape, value.shape)?.join() !== value.shape.join()
  )
    return null
  const { weight, places } = bias.moved()
  const [first = 0, second = 0] = weight.shape
  if (weight.shape.length !== 2 || !isTellingName(weight.origin ?? '') || places.length === 0) return null
  const found = [0, 1].find((axis) => isLookup(places, axis, axis === 0 ? second : first, second))
  if (found === undefined) return null
  const heads = found === 0 ? second : first
  const indices = Array.from({ length: places.length / heads }, (_, index) =>
    found === 0 ? Math.floor((places[index] ?? 0) / second) : (places[index] ?? 0) % second,
  )
  return builder.emit(call, 'TableBias', [value], {
    attributes: { axis: found, indices, shape: bias.shape },
    slots: { table: { value: weight, trainable: true } },
    suffix,
  })
}

/** Whether the places are, for one head after the other, the same entries along the axis. */
function isLookup(places: ArrayLike<number>, axis: number, heads: number, width: number): boolean {
  const count = places.length / heads
  if (!Number.isInteger(count)) return false
  for (let index = 0; index < places.length; index++) {
    const [head, entry] = [Math.floor(index / count), index % count]
    const base = places[entry] ?? 0
    const expected = axis === 0 ? base + head : base + head * width
    const firstOk = axis === 0 ? base % width === 0 : base < width
    if (!firstOk || places[index] !== expected) return false
  }
  return true
}
