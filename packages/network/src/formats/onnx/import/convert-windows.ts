import type { AttributeValue } from '../../../network.js'
import type { Shape } from '../../../operator.js'
import type { Converter } from './converter.js'
import type { GraphBuilder } from './graph-builder.js'
import { type Constant, type LayerValue, reshaped } from './graph-value.js'
import type { NodeCall } from './node-call.js'

/** Convolution, pooling, resizing: operators with windows over height and width. */
export const windowConverters: Readonly<Record<string, Converter>> = {
  Conv: convolution,
  MaxPool: (call, builder) => {
    if (call.node.outputs.length > 1 && call.node.outputs[1] !== '')
      builder.note(`positions of maxima of "${call.node.name}" left out`)
    return builder.emit(call, 'MaxPool', [image(call)], {
      attributes: { ...windowAttributes(call, kernelOf(call), true), ceil_mode: call.integer('ceil_mode', 0) },
    })
  },
  AveragePool: (call, builder) => {
    const counting = {
      ceil_mode: call.integer('ceil_mode', 0),
      count_include_pad: call.integer('count_include_pad', 0),
    }
    return builder.emit(call, 'AveragePool', [image(call)], {
      attributes: { ...windowAttributes(call, kernelOf(call), false), ...counting },
    })
  },
  GlobalAveragePool: (call, builder) => builder.emit(call, 'GlobalAveragePool', [image(call)]),
  GlobalMaxPool: (call, builder) => builder.emit(call, 'GlobalMaxPool', [image(call)]),
  Resize: resize,
  Upsample: resize,
  DepthToSpace: (call, builder) =>
    builder.emit(call, 'DepthToSpace', [image(call)], { attributes: call.attributes(['blocksize', 'mode']) }),
  SpaceToDepth: (call, builder) =>
    builder.emit(call, 'SpaceToDepth', [image(call)], { attributes: call.attributes(['blocksize']) }),
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
  return builder.emit(call, 'Conv', [input], {
    attributes: { ...windowAttributes(call, kernel, true), group: call.integer('group', 1) },
    slots: { weight: { value: weight, trainable: true }, bias: bias && { value: vector(bias), trainable: true } },
  })
}

function kernelOf(call: NodeCall): readonly number[] {
  const kernel = call.list('kernel_shape')
  if (kernel !== null) return kernel
  throw call.refuse('has no kernel_shape', 'Expected it by the ONNX standard; export the model again.')
}

function windowAttributes(call: NodeCall, kernel: readonly number[], dilates: boolean): Record<string, AttributeValue> {
  const strides = call.list('strides') ?? [1, 1]
  const dilations = call.list('dilations') ?? [1, 1]
  if (!dilates && dilations.some((dilation) => dilation !== 1))
    throw call.refuse('pools with dilation', 'Replace it by an undilated average pooling.')
  const pads = resolvePads(call, kernel, strides, dilations)
  return { kernel_shape: kernel, strides, pads, ...(dilates ? { dilations } : {}) }
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
): readonly number[] {
  const mode = call.text('auto_pad', 'NOTSET')
  if (mode === 'NOTSET' || mode === '') return call.list('pads') ?? [0, 0, 0, 0]
  if (mode === 'VALID') return [0, 0, 0, 0]
  if (mode !== 'SAME_UPPER' && mode !== 'SAME_LOWER')
    throw call.refuse(
      `has auto_pad "${mode}"`,
      'Expected NOTSET, VALID, SAME_UPPER or SAME_LOWER; the file is damaged.',
    )
  const totals = image(call)
    .shape.slice(2)
    .map((size, axis) => {
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
  const [height, width] = resizedSize(call, input.shape)
  const mode = call.text('mode', 'nearest')
  if (mode !== 'nearest' && mode !== 'linear' && mode !== 'bilinear')
    throw call.refuse(`resizes with mode "${mode}"`, 'Only nearest and linear are supported: export with one of them.')
  if (call.integer('antialias', 0) === 1) throw call.refuse('resizes with antialiasing', 'Export it without.')
  return builder.emit(call, 'Resize', [input], {
    attributes: {
      mode: mode === 'nearest' ? 'nearest' : 'linear',
      height,
      width,
      half_pixel: usesHalfPixel(call, mode, input.shape, [height, width]) ? 1 : 0,
    },
  })
}

function usesHalfPixel(call: NodeCall, mode: string, from: Shape, to: readonly number[]): boolean {
  const older = call.node.operator === 'Upsample' || call.opset < 11
  const coordinates = call.text('coordinate_transformation_mode', older ? 'asymmetric' : 'half_pixel')
  const halfPixel =
    coordinates === 'half_pixel' || (coordinates === 'pytorch_half_pixel' && to.every((size) => size > 1))
  const rounding = call.text('nearest_mode', older ? 'floor' : 'round_prefer_floor')
  const enlargesEvenly = to.every((size, axis) => Number.isInteger(size / (from[axis + 2] ?? 1)))
  const roundingFits =
    mode !== 'nearest' || (halfPixel ? rounding === 'round_prefer_floor' || enlargesEvenly : rounding === 'floor')
  if ((halfPixel || coordinates === 'asymmetric') && roundingFits) return halfPixel
  throw call.refuse(
    `resizes with coordinates "${coordinates}" and rounding "${rounding}"`,
    'Supported are half_pixel (round_prefer_floor) and asymmetric (floor): export with align_corners=False.',
  )
}

/**
 * Target height and width from sizes or scales; inputs are (x, scales) up to opset 10 and (x, roi, scales, sizes)
 * after.
 */
function resizedSize(call: NodeCall, shape: Shape): readonly [number, number] {
  const older = call.node.operator === 'Upsample' || call.opset < 11
  const given = older ? null : call.constant(3)
  const sizes = given === null || given.read().length === 0 ? null : [...given.read()]
  const scales = sizes === null ? (call.list('scales') ?? [...call.required(older ? 1 : 2).read()]) : null
  const target = sizes ?? shape.map((size, axis) => Math.floor(size * (scales?.[axis] ?? 1)))
  const [batch, channels, height, width] = target
  if (
    target.length === 4 &&
    batch === shape[0] &&
    channels === shape[1] &&
    call.list('axes') === null &&
    height !== undefined &&
    width !== undefined
  )
    return [height, width]
  throw call.refuse('resizes more than height and width', 'Only the size of images can change: export the model again.')
}
