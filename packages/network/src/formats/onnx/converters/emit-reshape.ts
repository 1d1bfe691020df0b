import { batchMarker, type LayerValue } from '../values/graph-value.js'
import { isBatchMultiple, shown } from '../values/fold-support.js'
import type { NodeCall } from '../values/node-call.js'
import { reshapedBatch } from '../values/place-batch.js'
import type { GraphBuilder } from './graph-builder.js'

/** Writes a reshape without the batch size: 0 where it stays, -1 where it is split off or joined. */
export function reshape(
  call: NodeCall,
  builder: GraphBuilder,
  input: LayerValue,
  wanted: readonly number[],
  suffix = '',
): LayerValue {
  const from = { shape: input.shape, outer: builder.outerOf(input) }
  const { shape: target, outer } = reshapedBatch(call, from, wanted, builder.tracedBatch)
  if (target.join() === input.shape.join()) return input
  const keepsBatch = target[0] === batchMarker && input.shape[0] === batchMarker
  if (keepsBatch && target.length === 2)
    return builder.emit(call, 'Flatten', [input], { attributes: { axis: 1 }, suffix })
  const shape = target.map((size, axis) => (axis === 0 && keepsBatch ? 0 : isBatchMultiple(size) ? -1 : size))
  if (shape.filter((size) => size === -1).length > 1)
    throw call.refuse(
      `reshapes [${shown(input.shape)}] to [${shown(target)}]`,
      'The number of images may appear in one axis only: export the model again.',
    )
  return builder.placed(builder.emit(call, 'Reshape', [input], { attributes: { shape }, suffix }), outer)
}
