import { tensorTypeOf } from '../onnx-tensor.js'
import { fuseBias } from './convert-linear.js'
import type { Converter } from './converter.js'
import { axisOf, isBatchMultiple } from '../values/fold-support.js'
import { fuseGroupNorm, fuseGroupShift } from './fuse-group-norm.js'
import { fuseLayerNorm, fuseShift } from './fuse-layer-norm.js'
import type { GraphBuilder } from './graph-builder.js'
import { batchMarker, type Constant, type GraphValue, isFloat, type LayerValue } from '../values/graph-value.js'
import { reshape } from './emit-reshape.js'
import { emitComputed } from './emit-computed.js'
import { emitTableBias } from './emit-table-bias.js'
import { operandSlot } from './learned-operands.js'
import type { NodeCall } from '../values/node-call.js'

const largestFloat = 3.4028234663852886e38

/**
 * Elementwise functions of one value: which of their attributes carry over. Defaults are ONNX's in our operators too.
 */
const unaryAttributes: Readonly<Record<string, readonly string[]>> = {
  Relu: [],
  Sigmoid: [],
  Tanh: [],
  Softplus: [],
  Softsign: [],
  Erf: [],
  Exp: [],
  Log: [],
  Sqrt: [],
  Neg: [],
  Abs: [],
  Reciprocal: [],
  HardSwish: [],
  Mish: [],
  LeakyRelu: ['alpha'],
  Elu: ['alpha'],
  Celu: ['alpha'],
  Selu: ['alpha', 'gamma'],
  HardSigmoid: ['alpha', 'beta'],
  Gelu: ['approximate'],
  Swish: ['alpha'],
}

/** Activations, arithmetic, Softmax and what inference leaves alone. */
export const elementwiseConverters: Readonly<Record<string, Converter>> = {
  ...Object.fromEntries(
    Object.entries(unaryAttributes).map(([operator, names]): [string, Converter] => [
      operator,
      (call, builder) => builder.emit(call, operator, [call.layer(0)], { attributes: call.attributes(names) }),
    ]),
  ),
  Clip: clip,
  Add: (call, builder) => binary(call, builder, 'Add'),
  Sub: (call, builder) => binary(call, builder, 'Sub'),
  Mul: (call, builder) => binary(call, builder, 'Mul'),
  Div: (call, builder) => binary(call, builder, 'Div'),
  Pow: (call, builder) => binary(call, builder, 'Pow'),
  Min: (call, builder) => chain(call, builder, 'Min'),
  Max: (call, builder) => chain(call, builder, 'Max'),
  Sum: (call, builder) => chain(call, builder, 'Add'),
  Softmax: (call, builder) => softmax(call, builder, 'Softmax'),
  LogSoftmax: (call, builder) => softmax(call, builder, 'LogSoftmax'),
  Dropout: (call, builder) => builder.emit(call, 'Dropout', [call.layer(0)], { attributes: { ratio: ratio(call) } }),
  Identity: (call) => call.layer(0),
  Cast: (call) => {
    const type = tensorTypeOf(call.integer('to', 1))
    if (type !== null && isFloat(type)) return call.layer(0)
    throw call.refuse(
      `converts a computed value to ${type ?? 'text'}`,
      'Networks compute in float32 only: cut the model before this node or remove it.',
    )
  },
  CastLike: (call) => {
    const value = call.inputs[0]
    return value?.kind === 'constant' ? { ...value, type: 'float32' } : call.layer(0)
  },
}

function clip(call: NodeCall, builder: GraphBuilder): LayerValue {
  const limit = (index: number, name: string, standard: number): number => {
    const input = call.constant(index)
    return input === null ? call.float(name, standard) : Number((input.read()[0] ?? standard).toPrecision(9))
  }
  const bounded = (value: number): number => Math.min(Math.max(value, -largestFloat), largestFloat)
  return builder.emit(call, 'Clip', [call.layer(0)], {
    attributes: { min: bounded(limit(1, 'min', -largestFloat)), max: bounded(limit(2, 'max', largestFloat)) },
  })
}

function ratio(call: NodeCall): number {
  const input = call.inputs[1]?.kind === 'constant' ? call.inputs[1].read()[0] : undefined
  return input === undefined ? call.float('ratio', 0.5) : Number(input.toPrecision(7))
}

function binary(call: NodeCall, builder: GraphBuilder, operator: string): LayerValue {
  return combine(call, builder, operator, call.inputs[0] ?? null, call.inputs[1] ?? null, '')
}

function chain(call: NodeCall, builder: GraphBuilder, operator: string): GraphValue {
  const [first, ...rest] = call.inputs
  if (rest.length === 0) return call.layer(0)
  // Constants last: then every step has a computed first operand.
  const ordered = [first, ...rest].sort((a, b) => Number(a?.kind === 'constant') - Number(b?.kind === 'constant'))
  return (
    ordered
      .slice(1)
      .reduce<GraphValue | null>(
        (value, next, index) =>
          combine(call, builder, operator, value, next ?? null, index === 0 ? '' : `.${index + 1}`),
        ordered[0] ?? null,
      ) ?? call.layer(0)
  )
}

function combine(
  call: NodeCall,
  builder: GraphBuilder,
  operator: string,
  first: GraphValue | null,
  second: GraphValue | null,
  suffix: string,
): LayerValue {
  if (first === null || second === null)
    throw call.refuse(
      'lacks one of its two inputs',
      'The file is damaged or was written wrongly; export the model again.',
    )
  if (first.kind === 'layer' && second.kind === 'layer')
    return builder.emit(call, operator, [first, second], { suffix })
  const [value, raw] = first.kind === 'layer' ? [first, second as Constant] : [second as LayerValue, first]
  const operand = builder.named(raw)
  const learned = operator === 'Add' ? emitTableBias(call, builder, value, operand, suffix) : null
  if (learned !== null) return learned
  if (operator === 'Add' && operand.computed === undefined) {
    const fused =
      fuseBias(call, builder, value, operand, builder.usedOnce(value)) ??
      fuseShift(builder, value, operand) ??
      fuseGroupShift(builder, value, operand)
    if (fused !== null) return fused
  }
  if (operator === 'Mul' && operand.computed === undefined) {
    const fused = fuseLayerNorm(call, builder, value, operand) ?? fuseGroupNorm(call, builder, value, operand)
    if (fused !== null) return fused
  }
  const spread = spreadOverImages(call, builder, value, operand, suffix)
  if (spread !== null) {
    const inner = combine(call, builder, operator, ...ordered(first, spread.value, spread.operand), `${suffix}.each`)
    return reshape(call, builder, inner, value.shape, suffix)
  }
  const computed = emitComputed(call, builder, operand, value)
  if (computed !== null)
    return builder.emit(call, operator, first.kind === 'layer' ? [value, computed] : [computed, value], { suffix })
  const reversed = first.kind === 'constant' && ['Sub', 'Div', 'Pow'].includes(operator)
  const slot = operandSlot(operator, value, operand, builder)
  return builder.emit(call, operator, [value], {
    attributes: reversed ? { reversed: 1 } : {},
    slots: { [slot]: { value: operand, trainable: slot === 'operand' } },
    suffix,
  })
}

const ordered = (first: GraphValue, value: LayerValue, operand: Constant): [GraphValue, GraphValue] =>
  first.kind === 'layer' ? [value, operand] : [operand, value]

/**
 * A table for the windows of one image, beside those of all images in one axis (Swin's mask of shifted windows): the axis is
 * split into images and windows. Null for any other operand.
 */
function spreadOverImages(
  call: NodeCall,
  builder: GraphBuilder,
  value: LayerValue,
  operand: Constant,
  suffix: string,
): { readonly value: LayerValue; readonly operand: Constant } | null {
  const [joined = 0, ...rest] = value.shape
  const windows = joined / batchMarker
  const fits =
    Number.isInteger(windows) &&
    windows > 1 &&
    operand.shape.length === value.shape.length &&
    operand.shape[0] === windows
  if (!fits || builder.outerOf(value) !== 1) return null
  return {
    value: reshape(call, builder, value, [batchMarker, windows, ...rest], `${suffix}.windows`),
    operand: { ...operand, shape: [1, ...operand.shape] },
  }
}

/** Before opset 13, Softmax worked on the matrix that flattening at `axis` (default 1) gives. */
function softmax(call: NodeCall, builder: GraphBuilder, operator: string): LayerValue {
  const input = call.layer(0)
  const rank = input.shape.length
  const axis = axisOf(call, call.integer('axis', call.opset < 13 ? 1 : -1), rank)
  if (isBatchMultiple(input.shape[axis] ?? 0))
    throw call.refuse(
      'takes a softmax over the images of a batch',
      'Export the model so that all images are treated alike.',
    )
  if (call.opset >= 13 || input.shape.slice(axis + 1).every((size) => size === 1))
    return builder.emit(call, operator, [input], { attributes: { axis: axis === rank - 1 ? -1 : axis } })
  if (input.shape[0] !== batchMarker || axis === 0)
    throw call.refuse('takes a softmax over the whole batch', 'Export the model again with opset 13 or later.')
  const flat = builder.emit(call, 'Flatten', [input], { attributes: { axis }, suffix: '.flatten' })
  const normalised = builder.emit(call, operator, [flat], { attributes: { axis: -1 } })
  return builder.emit(call, 'Reshape', [normalised], {
    attributes: { shape: axis === 1 ? [0, ...input.shape.slice(1)] : [-1, ...input.shape.slice(1)] },
    suffix: '.reshape',
  })
}
