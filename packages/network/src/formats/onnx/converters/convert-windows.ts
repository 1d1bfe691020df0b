import type { AttributeValue } from '../../../network.js'
import type { Shape } from '../../../operator.js'
import type { Converter } from './converter.js'
import { reshape } from './emit-reshape.js'
import type { GraphBuilder, Slot } from './graph-builder.js'
import { batchMarker, type Constant, constant, type LayerValue, reshaped } from '../values/graph-value.js'
import { standardisedWeight } from './standardised-weight.js'
import type { NodeCall } from '../values/node-call.js'
import { resizeOf } from '../values/resize-plan.js'

/** Convolution, pooling, resizing: operators with windows over height and width. */
export const windowConverters: Readonly<Record<string, Converter>> = {
  Conv: convolution,
  MaxPool: (call, builder) => {
    if (call.node.outputs.length > 1 && call.node.outputs[1] !== '')
      builder.note(`positions of maxima of "${call.node.name}" left out`)
    return pooled(call, builder, 'MaxPool', { ceil_mode: call.integer('ceil_mode', 0) })
  },
  AveragePool: (call, builder) =>
    pooled(call, builder, 'AveragePool', {
      ceil_mode: call.integer('ceil_mode', 0),
      count_include_pad: call.integer('count_include_pad', 0),
    }),
  GlobalAveragePool: (call, builder) => pooledWhole(call, builder, 'GlobalAveragePool', 'ReduceMean'),
  GlobalMaxPool: (call, builder) => pooledWhole(call, builder, 'GlobalMaxPool', 'ReduceMax'),
  Resize: resize,
  Upsample: resize,
  LRN: localNormalization,
  Col2Im: patchesToImage,
  DepthToSpace: (call, builder) =>
    builder.emit(call, 'DepthToSpace', [image(call)], { attributes: call.attributes(['blocksize', 'mode']) }),
  SpaceToDepth: (call, builder) =>
    builder.emit(call, 'SpaceToDepth', [image(call)], { attributes: call.attributes(['blocksize']) }),
}

/** Pooling of a map, or along a sequence `[batch, channels, length]`, which is a map of one row. */
function pooled(
  call: NodeCall,
  builder: GraphBuilder,
  operator: string,
  more: Record<string, AttributeValue>,
): LayerValue {
  const input = call.layer(0)
  const dilates = operator === 'MaxPool'
  if (input.shape.length !== 3) {
    const attributes = { ...windowAttributes(call, kernelOf(call), dilates, image(call).shape), ...more }
    return builder.emit(call, operator, [input], { attributes })
  }
  const row = builder.emit(call, 'Unsqueeze', [input], { attributes: { axes: [2] }, suffix: '.row' })
  const attributes = { ...windowAttributes(call, kernelOf(call), dilates, row.shape), ...more }
  const result = builder.emit(call, operator, [row], { attributes })
  return builder.emit(call, 'Squeeze', [result], { attributes: { axes: [2] }, suffix: '.sequence' })
}

function pooledWhole(call: NodeCall, builder: GraphBuilder, operator: string, reduction: string): LayerValue {
  const input = call.layer(0)
  if (input.shape.length === 4 || input.shape.length < 3) return builder.emit(call, operator, [image(call)])
  const axes = input.shape.map((_, axis) => axis).slice(2)
  return builder.emit(call, reduction, [input], { attributes: { axes, keepdims: 1 } })
}

/** A feature map `[batch, channels, height, width]`. */
export function image(call: NodeCall): LayerValue {
  const value = call.layer(0)
  if (value.shape.length === 4) return value
  throw call.refuse(
    `works on a value with ${value.shape.length} axes`,
    'Only images [batch, channels, height, width] are supported: use a network for two-dimensional images.',
  )
}

function convolution(call: NodeCall, builder: GraphBuilder): LayerValue {
  const input = image(call)
  const [weight, bias] = [call.required(1), call.constant(2)]
  const kernel = call.list('kernel_shape') ?? weight.shape.slice(2)
  const attributes = { ...windowAttributes(call, kernel, true, input.shape), group: call.integer('group', 1) }
  const standardised = standardisedWeight(weight)
  if (standardised !== null)
    return builder.emit(call, 'StandardisedConv', [input], {
      attributes: { ...attributes, ...standardised.attributes },
      slots: { ...standardised.slots, bias: bias && { value: vector(bias), trainable: true } },
    })
  return builder.emit(call, 'Conv', [input], {
    attributes,
    slots: { weight: { value: weight, trainable: true }, bias: bias && { value: vector(bias), trainable: true } },
  })
}

function kernelOf(call: NodeCall): readonly number[] {
  const kernel = call.list('kernel_shape')
  if (kernel !== null) return kernel
  throw call.refuse('has no kernel_shape', 'Expected it by the ONNX standard; export the model again.')
}

/** Attributes of a window over the last two axes of a shape; what a node says of one axis alone is said of the last. */
function windowAttributes(
  call: NodeCall,
  kernel: readonly number[],
  dilates: boolean,
  shape: Shape,
): Record<string, AttributeValue> {
  const [rowed, strides, dilations] = [kernel, call.list('strides') ?? [1, 1], call.list('dilations') ?? [1, 1]].map(
    (list) => (list.length === 1 ? [1, list[0] ?? 1] : list),
  ) as [number[], number[], number[]]
  if (!dilates && dilations.some((dilation) => dilation !== 1))
    throw call.refuse('pools with dilation', 'Replace it by an undilated average pooling.')
  const pads = resolvePads(call, rowed, strides, dilations, shape)
  return { kernel_shape: rowed, strides, pads, ...(dilates ? { dilations } : {}) }
}

/**
 * `auto_pad` as explicit pads for this input size. SAME_UPPER puts the odd pixel at the end, SAME_LOWER at the
 * beginning.
 */
function resolvePads(
  call: NodeCall,
  kernel: readonly number[],
  strides: readonly number[],
  dilations: readonly number[],
  shape: Shape,
): readonly number[] {
  const mode = call.text('auto_pad', 'NOTSET')
  if (mode === 'NOTSET' || mode === '') {
    const pads = call.list('pads') ?? [0, 0, 0, 0]
    return pads.length === 2 ? [0, pads[0] ?? 0, 0, pads[1] ?? 0] : pads
  }
  if (mode === 'VALID') return [0, 0, 0, 0]
  if (mode !== 'SAME_UPPER' && mode !== 'SAME_LOWER')
    throw call.refuse(
      `has auto_pad "${mode}"`,
      'Expected NOTSET, VALID, SAME_UPPER or SAME_LOWER; the file is damaged.',
    )
  const totals = shape.slice(2).map((size, axis) => {
    const stride = strides[axis] ?? 1
    const span = ((kernel[axis] ?? 1) - 1) * (dilations[axis] ?? 1) + 1
    return Math.max(0, (Math.ceil(size / stride) - 1) * stride + span - size)
  })
  const small = totals.map((total) => Math.floor(total / 2))
  const large = totals.map((total) => Math.ceil(total / 2))
  return mode === 'SAME_UPPER' ? [...small, ...large] : [...large, ...small]
}

/** A vector, however many axes of size 1 the file gives it. */
export function vector(value: Constant): Constant {
  const count = value.shape.reduce((product, size) => product * size, 1)
  return value.shape.length === 1 ? value : reshaped(value, [count], value.origin)
}

function resize(call: NodeCall, builder: GraphBuilder): LayerValue {
  const input = image(call)
  const { sizes, scales, mode, coordinates, cubic } = resizeOf(call, input.shape)
  const [batch, channels, height = 1, width = 1] = sizes
  if (sizes.length !== 4 || (batch !== input.shape[0] && batch !== builder.tracedBatch) || channels !== input.shape[1])
    throw call.refuse(
      'resizes more than height and width',
      'Only the size of images can change: export the model again.',
    )
  const uneven = scales?.some((scale, axis) => Math.abs((input.shape[axis] ?? 1) * scale - (sizes[axis] ?? 1)) > 1e-3)
  if (uneven === true && coordinates !== 'align_corners')
    throw call.refuse('resizes by a factor that gives no whole size', 'Export it with sizes instead of scales.')
  if (height === input.shape[2] && width === input.shape[3]) return input
  return builder.emit(call, 'Resize', [input], {
    attributes: {
      mode,
      height,
      width,
      half_pixel: coordinates === 'half_pixel' ? 1 : 0,
      ...(coordinates === 'align_corners' && { align_corners: 1 }),
      ...(mode === 'cubic' && { cubic_coeff_a: cubic }),
    },
  })
}

/**
 * Divides by the squares of the channels around each, as AlexNet and GoogLeNet do: `x / (bias + alpha / size * sum)^beta`. The
 * channels become the width of a map that is pooled.
 */
function localNormalization(call: NodeCall, builder: GraphBuilder): LayerValue {
  const input = image(call)
  const [, channels = 1, height = 1, width = 1] = input.shape
  const size = call.integer('size', 1)
  const number = (value: number): { readonly constant: Slot } => ({
    constant: { value: constant('float32', [], Float32Array.of(value)), trainable: false },
  })
  const before = Math.floor((size - 1) / 2)
  const squares = builder.emit(call, 'Mul', [input, input], { suffix: '.squares' })
  const flat = reshape(call, builder, squares, [batchMarker, 1, channels, height * width], '.channels')
  const mean = builder.emit(call, 'AveragePool', [flat], {
    attributes: {
      kernel_shape: [size, 1],
      strides: [1, 1],
      pads: [before, 0, size - 1 - before, 0],
      ceil_mode: 0,
      count_include_pad: 1,
    },
    suffix: '.mean',
  })
  const map = reshape(call, builder, mean, [batchMarker, channels, height, width], '.map')
  const scaled = builder.emit(call, 'Mul', [map], { slots: number(call.float('alpha', 1e-4)), suffix: '.scaled' })
  const raised = builder.emit(call, 'Add', [scaled], { slots: number(call.float('bias', 1)), suffix: '.raised' })
  const divisor = builder.emit(call, 'Pow', [raised], { slots: number(call.float('beta', 0.75)), suffix: '.divisor' })
  return builder.emit(call, 'Div', [input, divisor])
}

/** Patches that lie side by side, put together: `[batch, channels * patch, patches]` to a map. */
function patchesToImage(call: NodeCall, builder: GraphBuilder): LayerValue {
  const input = call.layer(0)
  const [height = 1, width = 1] = call.required(1).read()
  const [rows = 1, columns = 1] = call.required(2).read()
  const strides = call.list('strides') ?? [1, 1]
  const sideBySide =
    strides[0] === rows &&
    strides[1] === columns &&
    (call.list('pads') ?? []).every((pad) => pad === 0) &&
    height % rows === 0 &&
    width % columns === 0
  if (!sideBySide) throw call.refuse('adds up patches that overlap', 'Export it with patches that lie side by side.')
  const channels = (input.shape[1] ?? 1) / (rows * columns)
  const split = reshape(
    call,
    builder,
    input,
    [batchMarker, channels, rows, columns, height / rows, width / columns],
    '.split',
  )
  const moved = builder.emit(call, 'Transpose', [split], { attributes: { perm: [0, 1, 4, 2, 5, 3] }, suffix: '.order' })
  return reshape(call, builder, moved, [batchMarker, channels, height, width])
}
