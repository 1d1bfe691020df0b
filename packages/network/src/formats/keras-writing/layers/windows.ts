import type { TensorData } from '../../../network.js'
import { inputMap } from '../layouts.js'
import { type KerasValue, type OperatorWriter, transposed, type WriteCall } from '../keras-model.js'

interface Window {
  readonly kernel: readonly [number, number]
  readonly strides: readonly [number, number]
  readonly dilations: readonly [number, number]
}

const pairOf = (call: WriteCall, name: string): readonly [number, number] => {
  const value = call.attributes[name]
  return Array.isArray(value) && value.length === 2 ? (value as unknown as readonly [number, number]) : [1, 1]
}

const windowOf = (call: WriteCall, kernel: readonly [number, number]): Window => ({
  kernel,
  strides: pairOf(call, 'strides'),
  dilations: pairOf(call, 'dilations'),
})

/** Padding that the window's last position needs, before and after, by axis. */
function margins(call: WriteCall, { kernel, strides, dilations }: Window): readonly (readonly [number, number])[] {
  const pads = call.attributes['pads'] as readonly number[]
  return [0, 1].map((axis) => {
    const size = call.inputShapes[0]?.[axis + 2] ?? 1
    const positions = call.outputShape[axis + 2] ?? 1
    const span = ((kernel[axis] ?? 1) - 1) * (dilations[axis] ?? 1) + 1
    const before = pads[axis] ?? 0
    return [before, Math.max(0, (positions - 1) * (strides[axis] ?? 1) + span - size - before)]
  })
}

/** How Keras pads: its own `same` where that is the same, zeros in front of `valid` else. */
function padded(call: WriteCall, window: Window): { readonly padding: 'same' | 'valid'; readonly input: KerasValue } {
  const input = inputMap(call)
  const sides = margins(call, window)
  if (sides.every(([before, after]) => before + after === 0)) return { padding: 'valid', input }
  if (isSame(call, window, sides)) return { padding: 'same', input }
  return {
    padding: 'valid',
    input: call.add('ZeroPadding2D', { padding: sides, data_format: 'channels_last' }, [input]),
  }
}

function isSame(call: WriteCall, { strides }: Window, sides: readonly (readonly [number, number])[]): boolean {
  return sides.every(([before, after], axis) => {
    const size = call.inputShapes[0]?.[axis + 2] ?? 1
    const positions = call.outputShape[axis + 2] ?? 1
    return positions === Math.ceil(size / (strides[axis] ?? 1)) && before === Math.floor((before + after) / 2)
  })
}

const common = ({ strides, dilations }: Window, padding: string): Record<string, unknown> => ({
  strides,
  padding,
  data_format: 'channels_last',
  dilation_rate: dilations,
  activation: 'linear',
})

export const convolution: OperatorWriter = {
  operators: ['Conv'],
  write: (call) => {
    const weight = call.weight('weight')
    if (weight === undefined) return call.refuse('its weight is missing')
    const [outputs = 1, perGroup = 1, height = 1, width = 1] = weight.shape
    const window = windowOf(call, [height, width])
    const { padding, input } = padded(call, window)
    const bias = call.weight('bias')
    const more = { ...common(window, padding), kernel_size: [height, width], use_bias: bias !== undefined }
    const biases = bias === undefined ? {} : { bias }
    const group = Number(call.attributes['group'] ?? 1)
    if (group > 1 && perGroup === 1) {
      const multiplier = outputs / group
      const grouped = { shape: [group, multiplier, height, width], data: weight.data }
      const kernel = transposed(grouped, [2, 3, 0, 1])
      const depthwise = { depthwise_kernel: kernel, ...biases }
      return call.add('DepthwiseConv2D', { ...more, depth_multiplier: multiplier }, [input], depthwise)
    }
    if (call.dialect === 'keras3') {
      const config = { ...more, filters: outputs, groups: group }
      return call.add('Conv2D', config, [input], { kernel: transposed(weight, [2, 3, 1, 0]), ...biases })
    }
    const kernel = transposed(group === 1 ? weight : ungrouped(weight, group), [2, 3, 1, 0])
    return call.add('Conv2D', { ...more, filters: outputs }, [input], { kernel, ...biases })
  },
}

/** TensorFlow.js has no groups: the same with zeros between them. */
function ungrouped({ shape, data }: TensorData, group: number): TensorData {
  const [outputs = 1, perGroup = 1, height = 1, width = 1] = shape
  const area = height * width
  const values = new Float32Array(outputs * perGroup * group * area)
  for (let output = 0; output < outputs; output++) {
    const first = Math.floor(output / (outputs / group)) * perGroup
    const own = data.subarray(output * perGroup * area, (output + 1) * perGroup * area)
    values.set(own, (output * perGroup * group + first) * area)
  }
  return { shape: [outputs, perGroup * group, height, width], data: values }
}

export const pooling: OperatorWriter = {
  operators: ['MaxPool', 'AveragePool'],
  write: (call) => {
    const window = windowOf(call, pairOf(call, 'kernel_shape'))
    if (window.dilations.some((dilation) => dilation > 1)) return call.refuse('its window is dilated')
    const sides = margins(call, window)
    const isMax = call.layer.operator === 'MaxPool'
    const adds = sides.some(([before, after]) => before + after > 0) && !isSame(call, window, sides)
    if (adds && isMax && !call.nonNegative(call.layer.inputs[0] ?? ''))
      return call.refuse('its padding is not that of Keras, and zeros could win over negative values')
    const counts = call.attributes['count_include_pad'] === 1
    const pads = sides.some(([before, after]) => before + after > 0)
    if (!isMax && pads && (counts ? isSame(call, window, sides) : adds))
      return call.refuse('its padding counts otherwise than in Keras')
    const { padding, input } = padded(call, window)
    const { kernel, strides } = window
    const config = { pool_size: kernel, strides, padding, data_format: 'channels_last' }
    return call.add(isMax ? 'MaxPooling2D' : 'AveragePooling2D', config, [input])
  },
}
