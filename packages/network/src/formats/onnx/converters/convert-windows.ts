import type { AttributeValue } from '../../../network.js'
import type { Converter } from './converter.js'
import type { GraphBuilder } from './graph-builder.js'
import { type Constant, type LayerValue, reshaped } from '../values/graph-value.js'
import type { NodeCall } from '../values/node-call.js'
import { resizeOf } from '../values/resize-plan.js'

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
