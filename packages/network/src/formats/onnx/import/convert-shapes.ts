import type { Shape } from '../../../operator.js'
import type { Converter } from './converter.js'
import { axisOf, axisSlices, isBatchMultiple, reshapeTarget, shown, splitSizes } from './fold-support.js'
import { permutation, squeezedShape, unsqueezedShape } from './fold-shape.js'
import type { GraphBuilder } from './graph-builder.js'
import { batchMarker, constant, type Constant, type GraphValue, type LayerValue } from './graph-value.js'
import type { NodeCall } from './node-call.js'
import { broadcastShape } from './strided.js'

/** Operators that move, cut, join or summarise axes. */
export const shapeConverters: Readonly<Record<string, Converter>> = {
  Shape: (call) => {
    const { shape } = call.layer(0)
    const part = shape.slice(call.integer('start', 0), call.has('end') ? call.integer('end', 0) : undefined)
    return constant('int64', [part.length], Float64Array.from(part))
  },
  Size: (call) =>
    constant('int64', [], Float64Array.of(call.layer(0).shape.reduce((product, size) => product * size, 1))),
  Flatten: (call, builder) => {
    const input = call.layer(0)
    const given = call.integer('axis', 1)
    return builder.emit(call, 'Flatten', [input], {
      attributes: { axis: given < 0 ? given + input.shape.length : given },
    })
  },
  Reshape: (call, builder) => reshape(call, builder, call.layer(0), wantedShape(call, builder)),
  Squeeze: (call, builder) => {
    const { shape } = call.layer(0)
    const axes =
      call.listOrInput('axes', 1)?.map((axis) => axisOf(call, axis, shape.length)) ??
      shape.flatMap((size, axis) => (size === 1 ? [axis] : []))
    return squeezedShape(call, shape).length === shape.length
      ? call.layer(0)
      : builder.emit(call, 'Squeeze', [call.layer(0)], { attributes: { axes } })
  },
  Unsqueeze: (call, builder) => {
    const axes = call.listOrInput('axes', 1) ?? []
    const rank = unsqueezedShape(call, call.layer(0).shape).length
    return builder.emit(call, 'Unsqueeze', [call.layer(0)], {
      attributes: { axes: axes.map((axis) => axisOf(call, axis, rank)) },
    })
  },
  Transpose: transpose,
  Concat: concat,
  Slice: slice,
  Split: split,
  Gather: gather,
  Expand: (call) => {
    const input = call.layer(0)
    const shape = broadcastShape(input.shape, [...call.required(1).read()])
    if (shape?.join() === input.shape.join()) return input
    throw call.refuse(
      'repeats a computed value',
      'Simplify the model (for example with onnxsim) or cut it before this node.',
    )
  },
  Pad: pad,
  ReduceMean: (call, builder) => reduce(call, builder, 'ReduceMean'),
  ReduceSum: (call, builder) => reduce(call, builder, 'ReduceSum'),
  ReduceMax: (call, builder) => reduce(call, builder, 'ReduceMax'),
}

/** The wanted shape with the marker where the file holds the batch size it was exported with. */
function wantedShape(call: NodeCall, builder: GraphBuilder): readonly number[] {
  const { shape } = call.layer(0)
  const wanted = call.list('shape') ?? [...call.required(1).read()]
  const fixed = wanted[0] === builder.tracedBatch && shape[0] === batchMarker
  return fixed ? [batchMarker, ...wanted.slice(1)] : wanted
}

/** Writes a reshape without the batch size: 0 where it stays, -1 where it is split off or joined. */
function reshape(call: NodeCall, builder: GraphBuilder, input: LayerValue, wanted: readonly number[]): LayerValue {
  const target = reshapeTarget(call, input.shape, wanted)
  if (target.join() === input.shape.join()) return input
  const keepsBatch = target[0] === batchMarker && input.shape[0] === batchMarker
  if (keepsBatch && target.length === 2) return builder.emit(call, 'Flatten', [input], { attributes: { axis: 1 } })
  const shape = target.map((size, axis) => (axis === 0 && keepsBatch ? 0 : isBatchMultiple(size) ? -1 : size))
  if (shape.filter((size) => size === -1).length > 1)
    throw call.refuse(
      `reshapes [${shown(input.shape)}] to [${shown(target)}]`,
      'The number of images may appear in one axis only: export the model again.',
    )
  return builder.emit(call, 'Reshape', [input], { attributes: { shape } })
}

/** Two transpositions that undo each other (how channels-last exporters wrap every convolution) vanish. */
function transpose(call: NodeCall, builder: GraphBuilder): LayerValue {
  const input = call.layer(0)
  const perm = permutation(call, input.shape.length)
  if (perm.every((axis, index) => axis === index)) return input
  const before = builder.find(input)
  const undone =
    before?.operator === 'Transpose' &&
    perm.every((axis, index) => (before.attributes['perm'] as readonly number[])[axis] === index)
  const source = before?.inputs[0]
  if (undone && source !== undefined) return { kind: 'layer', name: source, shape: builder.shape(source) }
  return builder.emit(call, 'Transpose', [input], { attributes: { perm } })
}

function concat(call: NodeCall, builder: GraphBuilder): GraphValue {
  if (call.inputs.length === 1) return call.layer(0)
  const rank = call.inputs.find((value) => value?.kind === 'layer')?.shape.length ?? 0
  const axis = axisOf(call, call.integer('axis', 1), rank)
  const tokens = call.inputs.slice(0, -1)
  const sequence = call.inputs.at(-1)
  if (
    sequence?.kind === 'layer' &&
    axis === 1 &&
    rank === 3 &&
    tokens.every((token): token is Constant => token?.kind === 'constant')
  )
    return prepend(call, builder, tokens, sequence)
  const layers = call.inputs.map((_, index) => call.layer(index))
  return builder.emit(call, 'Concat', layers, { attributes: { axis } })
}

/** Learned tokens before a sequence: a class token, and perhaps one for distillation, or registers. */
function prepend(call: NodeCall, builder: GraphBuilder, tokens: readonly Constant[], sequence: LayerValue): LayerValue {
  const wrong = tokens.find(({ shape }) => shape.length !== 3 || shape[0] !== 1)
  if (wrong)
    throw call.refuse(
      `joins a constant of shape [${wrong.shape.join(', ')}] to a sequence`,
      'Only learned tokens [1, count, features] can be prepended.',
    )
  return tokens.reduceRight<LayerValue>(
    (rest, token, index) =>
      builder.emit(call, 'ClassToken', [rest], {
        slots: { token: { value: token, trainable: true } },
        suffix: index === 0 ? '' : `.${index + 1}`,
      }),
    sequence,
  )
}

function slice(call: NodeCall, builder: GraphBuilder): LayerValue {
  const input = call.layer(0)
  const slices = axisSlices(call, input.shape).filter(
    ({ axis, step, count }) => step !== 1 || count !== input.shape[axis],
  )
  if (slices.length === 0) return input
  if (slices.some(({ axis }) => isBatchMultiple(input.shape[axis] ?? 0)))
    throw call.refuse('takes some of the images of a batch', 'Export the model so that all images are treated alike.')
  return builder.emit(call, 'Slice', [input], {
    // Running backwards to the very beginning has no non-negative end.
    attributes: {
      starts: slices.map(({ start }) => start),
      ends: slices.map(({ end, axis }) => (end < 0 ? -1 - (input.shape[axis] ?? 0) : end)),
      axes: slices.map(({ axis }) => axis),
      steps: slices.map(({ step }) => step),
    },
  })
}

function split(call: NodeCall, builder: GraphBuilder): readonly LayerValue[] {
  const input = call.layer(0)
  const axis = axisOf(call, call.integer('axis', 0), input.shape.length)
  let start = 0
  return splitSizes(call, input.shape[axis] ?? 0).map((size, index) => {
    const attributes = { starts: [start], ends: [start + size], axes: [axis], steps: [1] }
    start += size
    return builder.emit(call, 'Slice', [input], { attributes, suffix: `.${index}` })
  })
}

function gather(call: NodeCall, builder: GraphBuilder): LayerValue {
  const input = call.layer(0)
  const indices = call.required(1)
  const axis = axisOf(call, call.integer('axis', 0), input.shape.length)
  if (indices.shape.length > 1)
    throw call.refuse('picks entries by a table of indices', 'Only a list or a single index is supported.')
  const positions = [...indices.read()].map((index) => axisOf(call, index, input.shape[axis] ?? 1))
  if (isBatchMultiple(input.shape[axis] ?? 0))
    throw call.refuse('takes some of the images of a batch', 'Export the model so that all images are treated alike.')
  return builder.emit(call, 'Gather', [input], {
    attributes: { indices: positions, axis, scalar: indices.shape.length === 0 ? 1 : 0 },
  })
}

function pad(call: NodeCall, builder: GraphBuilder): LayerValue {
  const input = call.layer(0)
  const pads = allPads(call, input.shape)
  if (pads.every((amount) => amount === 0)) return input
  const value = call.constant(2)?.read()[0] ?? call.float('value', 0)
  const mode = call.text('mode', 'constant')
  if (!['constant', 'reflect', 'edge'].includes(mode))
    throw call.refuse(`pads with mode "${mode}"`, 'Supported are constant, reflect and edge.')
  return builder.emit(call, 'Pad', [input], { attributes: { pads, mode, value } })
}

/** Pads of every axis: before each, then after each; opset 18 may name some axes only. */
function allPads(call: NodeCall, shape: Shape): readonly number[] {
  const given = call.listOrInput('pads', 1) ?? call.list('paddings') ?? []
  const named = call.constant(3)?.read()
  if (named === undefined) return given
  const pads = new Array<number>(shape.length * 2).fill(0)
  named.forEach((axis, index) => {
    const position = axisOf(call, axis, shape.length)
    pads[position] = given[index] ?? 0
    pads[position + shape.length] = given[index + named.length] ?? 0
  })
  return pads
}

function reduce(call: NodeCall, builder: GraphBuilder, operator: string): LayerValue {
  const input = call.layer(0)
  const rank = input.shape.length
  const given = call.listOrInput('axes', 1)
  if ((given === null || given.length === 0) && call.integer('noop_with_empty_axes', 0) === 1) return input
  const axes = (given ?? input.shape.map((_, axis) => axis))
    .map((axis) => axisOf(call, axis, rank))
    .sort((a, b) => a - b)
  if (axes.some((axis) => isBatchMultiple(input.shape[axis] ?? 0)))
    throw call.refuse(
      'summarises over the images of a batch',
      'Results must not depend on how many images are run together.',
    )
  const keepdims = call.integer('keepdims', 1)
  const pools = rank === 4 && keepdims === 1 && axes.join() === '2,3'
  if (pools && operator === 'ReduceMean') return builder.emit(call, 'GlobalAveragePool', [input])
  if (pools && operator === 'ReduceMax') return builder.emit(call, 'GlobalMaxPool', [input])
  return builder.emit(call, operator, [input], { attributes: { axes, keepdims } })
}
