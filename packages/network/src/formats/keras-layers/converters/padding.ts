import { z } from 'zod'
import {
  type LayerCall,
  type LayerConverter,
  configField,
  pair,
  requireChannelsLast,
  singleInput,
  unsupported,
} from './layer-converter.js'

/**
 * Explicit `[top, left, bottom, right]` for Keras' `same` and `valid`: `same` pads so that the result has ceil(size /
 * stride) rows, the smaller half first (TensorFlow's rule, which differs from PyTorch's for even differences).
 */
export function explicitPads(
  call: LayerCall,
  size: readonly number[],
  kernel: readonly number[],
  strides: readonly number[],
  dilations: readonly number[],
): number[] {
  const padding = configField(call, 'padding', z.string().default('valid'))
  if (padding === 'valid') return [0, 0, 0, 0]
  if (padding !== 'same')
    throw unsupported(call, `has padding ${JSON.stringify(padding)}; "same" or "valid" is expected`, 'Use one of these')
  const totals = [0, 1].map((axis) => {
    const [length = 1, extent = 1, stride = 1, dilation = 1] = [
      size[axis],
      kernel[axis],
      strides[axis],
      dilations[axis],
    ]
    return Math.max((Math.ceil(length / stride) - 1) * stride + (extent - 1) * dilation + 1 - length, 0)
  })
  const before = totals.map((total) => Math.floor(total / 2))
  return [...before, ...totals.map((total, axis) => total - (before[axis] ?? 0))]
}

/** One number, `[vertical, horizontal]`, or `[[top, bottom], [left, right]]`. */
const margins = z.union([
  pair.transform(([vertical, horizontal]) => ({
    top: vertical,
    bottom: vertical,
    left: horizontal,
    right: horizontal,
  })),
  z
    .tuple([z.tuple([z.number().int(), z.number().int()]), z.tuple([z.number().int(), z.number().int()])])
    .transform(([[top, bottom], [left, right]]) => ({ top, bottom, left, right })),
])

const zeroPadding: LayerConverter = {
  classNames: ['ZeroPadding2D'],
  convert: (call) => {
    requireChannelsLast(call)
    const { top, bottom, left, right } = configField(call, 'padding', margins)
    return call.builder.add({
      name: call.layer.name,
      operator: 'Pad',
      inputs: [singleInput(call)],
      attributes: { pads: [0, 0, top, left, 0, 0, bottom, right] },
    })
  },
}

const cropping: LayerConverter = {
  classNames: ['Cropping2D'],
  convert: (call) => {
    requireChannelsLast(call)
    const input = singleInput(call)
    const [, , height = 0, width = 0] = call.builder.shapeOf(input)
    const { top, bottom, left, right } = configField(call, 'cropping', margins)
    return call.builder.add({
      name: call.layer.name,
      operator: 'Slice',
      inputs: [input],
      attributes: { starts: [top, left], ends: [height - bottom, width - right], axes: [2, 3], steps: [1, 1] },
    })
  },
}

/** Keras scales bilinearly from pixel centres, TensorFlow.js from corners. */
const upSampling: LayerConverter = {
  classNames: ['UpSampling2D'],
  convert: (call) => {
    requireChannelsLast(call)
    const input = singleInput(call)
    const [, , height = 0, width = 0] = call.builder.shapeOf(input)
    const [vertical, horizontal] = configField(call, 'size', pair.default([2, 2]))
    const interpolation = configField(call, 'interpolation', z.enum(['nearest', 'bilinear']).default('nearest'))
    const attributes = {
      mode: interpolation === 'nearest' ? 'nearest' : 'linear',
      height: height * vertical,
      width: width * horizontal,
      half_pixel: call.dialect === 'tfjs' ? 0 : 1,
    }
    return call.builder.add({ name: call.layer.name, operator: 'Resize', inputs: [input], attributes })
  },
}

export const paddingConverters: readonly LayerConverter[] = [zeroPadding, cropping, upSampling]
