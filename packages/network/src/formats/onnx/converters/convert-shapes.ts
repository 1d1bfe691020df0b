import type { Shape } from '../../../operator.js'
import type { Converter } from './converter.js'
import { elementCount } from '../onnx-tensor.js'
import { axisOf, axisSlices, isBatchMultiple, splitSizes } from '../values/fold-support.js'
import { permutation, squeezedShape, unsqueezedShape } from '../folds/fold-shape.js'
import type { GraphBuilder } from './graph-builder.js'
import { operandSlot } from './learned-operands.js'
import { batchMarker, constant, type Constant, type GraphValue, type LayerValue } from '../values/graph-value.js'
import type { NodeCall } from '../values/node-call.js'
import { reshape } from './emit-reshape.js'
import { gather, gatherMany } from './convert-gather.js'

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
  Reshape: (call, builder) => reshape(call, builder, call.layer(0), call.list('shape') ?? [...call.required(1).read()]),
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
  GatherND: gatherMany,
  Expand: expand,
  Tile: tile,
  Pad: pad,
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
  const model = call.inputs.find((value): value is LayerValue => value?.kind === 'layer')
  const layers = call.inputs.map((value, index) =>
    value?.kind === 'constant' && model ? perImage(call, builder, value, model, axis, index) : call.layer(index),
  )
  return builder.emit(call, 'Concat', layers, { attributes: { axis } })
}

/** A constant as a computed value, once for every image: nothing of a value that is there, plus the constant. */
function perImage(
  call: NodeCall,
  builder: GraphBuilder,
  value: Constant,
  model: LayerValue,
  axis: number,
  index: number,
): LayerValue {
  const suffix = `.input${index}`
  if (axis === 0 || value.shape.length !== model.shape.length || value.shape[0] !== 1 || model.shape[0] !== batchMarker)
    throw call.refuse(
      `joins a constant of shape [${value.shape.join(', ')}] to a computed value`,
      'Only constants that are the same for every image can be joined: [1, ...].',
    )
  const one = builder.emit(call, 'Slice', [model], {
    attributes: { starts: [0], ends: [1], axes: [axis], steps: [1] },
    suffix: `${suffix}.one`,
  })
  const zero = constant('float32', [], Float32Array.of(0))
  const nothing = builder.emit(call, 'Mul', [one], {
    slots: { constant: { value: zero, trainable: false } },
    suffix: `${suffix}.nothing`,
  })
  // Tokens beside a sequence's own are learned, whatever an exporter calls them.
  const isToken = axis === 1 && value.shape.length === 3 && new Set(value.read()).size > 1
  const slot = isToken ? 'operand' : operandSlot('Add', nothing, value, builder)
  return builder.emit(call, 'Add', [nothing], { slots: { [slot]: { value, trainable: slot === 'operand' } }, suffix })
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

/** A computed value, repeated along axes of size 1 where what reads it needs that. */
function expand(call: NodeCall, builder: GraphBuilder): LayerValue {
  const input = call.layer(0)
  const wanted = [...call.required(1).read()]
  const rank = Math.max(input.shape.length, wanted.length)
  const own = [...Array<number>(rank - input.shape.length).fill(1), ...input.shape]
  const asked = [...Array<number>(rank - wanted.length).fill(1), ...wanted]
  const repeats = own.map((size, axis) => (size === 1 && !isBatchMultiple(asked[axis] ?? 1) ? (asked[axis] ?? 1) : 1))
  return repeated(call, builder, input, repeats)
}

function tile(call: NodeCall, builder: GraphBuilder): LayerValue {
  const input = call.layer(0)
  const repeats = [...call.required(1).read()]
  if (
    repeats.some(isBatchMultiple) ||
    repeats.some((count, axis) => count !== 1 && isBatchMultiple(input.shape[axis] ?? 1))
  )
    throw call.refuse('repeats the images of a batch', 'Export the model so that all images are treated alike.')
  const copied = repeats.reduce((value, count, axis) => {
    const copies = Array.from({ length: count }, () => value)
    return count === 1 || value.shape[axis] === 1
      ? value
      : builder.emit(call, 'Concat', copies, { attributes: { axis }, suffix: `.${axis}` })
  }, input)
  return repeated(
    call,
    builder,
    copied,
    repeats.map((count, axis) => (copied.shape[axis] === 1 ? count : 1)),
  )
}

/** Repeats axes of size 1, by a product with ones. */
function repeated(call: NodeCall, builder: GraphBuilder, input: LayerValue, repeats: readonly number[]): LayerValue {
  if (repeats.every((count) => count === 1)) return input
  const ones = constant('float32', repeats, new Float32Array(elementCount(repeats)).fill(1))
  return builder.emit(call, 'Mul', [input], { slots: { constant: { value: ones, trainable: false } } })
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
