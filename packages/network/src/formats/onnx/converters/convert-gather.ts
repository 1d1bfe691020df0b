import { elementCount } from '../onnx-tensor.js'
import { axisOf, isBatchMultiple, shown } from '../values/fold-support.js'
import type { GraphBuilder } from './graph-builder.js'
import { batchMarker, type Constant, type LayerValue } from '../values/graph-value.js'
import type { NodeCall } from '../values/node-call.js'
import { reshape } from './emit-reshape.js'

/** Entries along an axis: one, a list, or a table of them, whose axes take the place of that axis. */
export function gather(call: NodeCall, builder: GraphBuilder): LayerValue {
  const input = call.layer(0)
  const indices = call.required(1)
  const axis = axisOf(call, call.integer('axis', 0), input.shape.length)
  if (isBatchMultiple(input.shape[axis] ?? 0)) return gatherOfEach(call, builder, input, indices)
  const positions = [...indices.read()].map((index) => axisOf(call, index, input.shape[axis] ?? 1))
  const picked = builder.emit(call, 'Gather', [input], {
    attributes: { indices: positions, axis, scalar: indices.shape.length === 0 ? 1 : 0 },
  })
  if (indices.shape.length < 2) return picked
  const shape = [...input.shape.slice(0, axis), ...indices.shape, ...input.shape.slice(axis + 1)]
  return reshape(call, builder, picked, shape, '.table')
}

/**
 * PyTorch's `as_strided`: a table of places in all the numbers of a batch, put in one row. It is allowed where it names, for
 * every image, the same places of its own.
 */
function gatherOfEach(call: NodeCall, builder: GraphBuilder, input: LayerValue, table: Constant): LayerValue {
  const count = (input.shape[0] ?? 0) / batchMarker
  const places = [...table.read()]
  const ofOneImage = table.perImage === undefined ? builder.tracedBatch === 1 : table.perImage === count
  const sound =
    input.shape.length === 1 &&
    builder.outerOf(input) === 1 &&
    ofOneImage &&
    table.shape[0] === 1 &&
    places.every((place) => place >= 0 && place < count)
  if (!sound)
    throw call.refuse(
      `picks entries of [${shown(input.shape)}] by a table of shape [${table.shape.join(', ')}], across the images of a batch`,
      'Export the model so that all images are treated alike.',
    )
  const rows = reshape(call, builder, input, [batchMarker, count], '.rows')
  const shape = [batchMarker, ...table.shape.slice(1)]
  const inOrder = places.length === count && places.every((place, index) => place === index)
  if (inOrder) return reshape(call, builder, rows, shape, '.table')
  const picked = builder.emit(call, 'Gather', [rows], { attributes: { indices: places, axis: 1, scalar: 0 } })
  return reshape(call, builder, picked, shape, '.table')
}

/**
 * Entries by the numbers of several axes at once, the same for every image (tables of positions, masks): those axes are put into
 * one, and entries along it are taken.
 */
export function gatherMany(call: NodeCall, builder: GraphBuilder): LayerValue {
  const input = call.layer(0)
  const indices = call.required(1)
  const depth = indices.shape.at(-1) ?? 0
  const named = input.shape.slice(0, depth)
  if (call.integer('batch_dims', 0) !== 0 || depth === 0 || named.some(isBatchMultiple))
    throw call.refuse(
      `picks entries of [${shown(input.shape)}] by a table of shape [${indices.shape.join(', ')}], across the images of a batch`,
      'Export the model so that all images are treated alike.',
    )
  const numbers = indices.read()
  const rest = input.shape.slice(depth)
  const places = Array.from({ length: numbers.length / depth }, (_, row) =>
    named.reduce((place, size, axis) => place * size + axisOf(call, numbers[row * depth + axis] ?? 0, size), 0),
  )
  const joined = reshape(call, builder, input, [elementCount(named), ...rest], '.joined')
  const picked = builder.emit(call, 'Gather', [joined], { attributes: { indices: places, axis: 0, scalar: 0 } })
  return reshape(call, builder, picked, [...indices.shape.slice(0, -1), ...rest], '.table')
}
