import { z } from 'zod'
import type { Value } from '../graph-builder.js'
import { type LayerCall, type LayerConverter, configField, singleInput, unsupported } from './layer-converter.js'

export const toChannelsLast = [0, 2, 3, 1]
export const toChannelsFirst = [0, 3, 1, 2]

export const permuted = (call: LayerCall, name: string, value: Value, perm: readonly number[]): Value =>
  call.builder.add({ name, operator: 'Transpose', inputs: [value], attributes: { perm } })

/** Flattened channels-first; the order is remembered, and undone by the next fully connected layer's weights. */
const flatten: LayerConverter = {
  classNames: ['Flatten'],
  convert: (call) => {
    const input = singleInput(call)
    const [, ...shape] = call.builder.shapeOf(input)
    const flat = call.builder.add({
      name: call.layer.name,
      operator: 'Flatten',
      inputs: [input],
      attributes: { axis: 1 },
    })
    const [channels = 1, height = 1, width = 1] = shape
    return shape.length === 3 && height * width > 1 && channels > 1
      ? { ...flat, flattenedFrom: [channels, height, width] }
      : flat
  },
}

const reshape: LayerConverter = {
  classNames: ['Reshape'],
  convert: (call) => {
    const input = singleInput(call)
    const source = call.builder.shapeOf(input)
    const target = resolveTarget(
      call,
      source.slice(1),
      configField(call, 'target_shape', z.array(z.number().int().nullable())),
    )
    const isMap = source.length === 4
    const order =
      isMap && source.slice(2).some((size) => size > 1)
        ? permuted(call, `${call.layer.name}.channels_last`, input, toChannelsLast)
        : input
    if (target.length !== 3)
      return call.builder.add({
        name: call.layer.name,
        operator: 'Reshape',
        inputs: [order],
        attributes: { shape: [0, ...target] },
      })
    const [height = 1, width = 1, channels = 1] = target
    if (height * width === 1)
      return call.builder.add({
        name: call.layer.name,
        operator: 'Reshape',
        inputs: [order],
        attributes: { shape: [0, channels, height, width] },
      })
    const map = call.builder.add({
      name: `${call.layer.name}.shape`,
      operator: 'Reshape',
      inputs: [order],
      attributes: { shape: [0, ...target] },
    })
    return permuted(call, call.layer.name, map, toChannelsFirst)
  },
}

/** Fills in the one unknown size. */
function resolveTarget(
  call: LayerCall,
  source: readonly number[],
  target: readonly (number | null)[],
): readonly number[] {
  const total = source.reduce((product, size) => product * size, 1)
  const known = target.reduce<number>((product, size) => (size === null || size < 0 ? product : product * size), 1)
  const filled = target.map((size) => (size === null || size < 0 ? total / known : size))
  if (filled.reduce((product, size) => product * size, 1) !== total)
    throw unsupported(
      call,
      `turns ${source.join(' x ')} values into ${target.join(' x ')}, which is not the same number`,
      'Save the model again',
    )
  return filled
}

/** `dims` counts Keras axes from 1. Our maps are channels-first before and after. */
const permute: LayerConverter = {
  classNames: ['Permute'],
  convert: (call) => {
    const input = singleInput(call)
    const rank = call.builder.shapeOf(input).length
    const keras = [0, ...configField(call, 'dims', z.array(z.number().int().positive()))]
    if (keras.length !== rank)
      throw unsupported(
        call,
        `permutes ${keras.length - 1} axes of a value that has ${rank - 1}`,
        'Save the model again',
      )
    const own = rank === 4 ? toChannelsFirst.map((axis) => toChannelsFirst.indexOf(keras[axis] ?? 0)) : keras
    return permuted(call, call.layer.name, input, own)
  },
}

export const reshapingConverters: readonly LayerConverter[] = [flatten, reshape, permute]
