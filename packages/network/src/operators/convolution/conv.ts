import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core'
import type { ForwardCall, Operator, Shape, ShapeCall, TensorFlow } from '../../operator.js'
import { listAttribute, numberAttribute } from '../support/attributes.js'
import { onnxInputs } from '../support/onnx-support.js'
import { elementCount, expectParameter, featureMap, parameterShape, shapeError } from '../support/shape-support.js'
import { channelsLastValue, firstMap, parameterTensor } from '../support/value-support.js'
import { padForWindow, windowReach, windowShape } from '../support/windows.js'
import type { Window } from '../support/windows.js'

const slots = { weight: { role: 'weight' }, bias: { role: 'bias', optional: true } } as const

/**
 * Two-dimensional convolution; `weight` is `[outputs, inputs / group, height, width]`. An empty kernel_shape means the
 * weight's.
 */
export const conv: Operator = {
  name: 'Conv',
  parameters: slots,
  arity: 1,
  attributes: { kernel_shape: [], strides: [1, 1], pads: [0, 0, 0, 0], dilations: [1, 1], group: 1 },
  linear: { weight: 'kernel', outputsLast: () => false },
  shape: convShape,
  forward: (call) => {
    const weight = parameterTensor(call, 'weight')
    const window = convWindow(call, weight.shape)
    const convolved = convolve(call, weight.shape, window)
    const { bias } = call.parameters
    return channelsLastValue(bias === undefined ? convolved : call.tf.add(convolved, bias))
  },
  toOnnx: (call) => {
    const { kernel_shape: kernel, ...others } = call.attributes
    const attributes = Array.isArray(kernel) && kernel.length > 0 ? call.attributes : others
    return [{ operator: 'Conv', inputs: onnxInputs(call, slots), outputs: [call.output], attributes }]
  },
  reach: (call) => windowReach(convWindow(call, parameterShape(call, 'weight'))),
  macs: (call) => elementCount(call.output.slice(1)) * elementCount(parameterShape(call, 'weight').slice(1)),
}

function convWindow(call: Pick<ShapeCall, 'layer' | 'attributes'>, weight: Shape): Window {
  return {
    kernel: weight.slice(2),
    strides: listAttribute(call, 'strides'),
    pads: listAttribute(call, 'pads'),
    dilations: listAttribute(call, 'dilations'),
    ceilMode: false,
  }
}

function convShape(call: ShapeCall): Shape {
  const input = featureMap(call)
  const weight = parameterShape(call, 'weight')
  const group = numberAttribute(call, 'group')
  const [outputs = 0, perGroup = 0, height, width] = weight
  if (weight.length !== 4)
    throw shapeError(
      call,
      `a weight [outputs, inputs / group, height, width], it is [${weight.join(', ')}]`,
      'Only two-dimensional convolutions are supported.',
    )
  if (perGroup * group !== input[1] || outputs % group !== 0) {
    throw shapeError(
      call,
      `${perGroup * group} input channels (weight [${weight.join(', ')}], group ${group})`,
      'Connect a layer with that many channels, or load the weights made for this input.',
    )
  }
  const kernel = listAttribute(call, 'kernel_shape')
  if (kernel.length > 0 && (kernel[0] !== height || kernel[1] !== width)) {
    throw shapeError(
      call,
      `kernel_shape [${String(height)}, ${String(width)}] as in the weight, it is [${kernel.join(', ')}]`,
      'Correct kernel_shape or leave it out.',
    )
  }
  expectParameter(call, 'bias', [outputs])
  return windowShape(call, convWindow(call, weight), input, outputs)
}

function convolve(call: ForwardCall, weight: Shape, window: Window): Tensor {
  const { tf } = call
  const { input, padding } = padForWindow(tf, firstMap(call), window, 0)
  const group = numberAttribute(call, 'group')
  const strides = window.strides as [number, number]
  const dilated = window.dilations.some((dilation) => dilation > 1)
  // TensorFlow.js has no gradient for dilated convolutions and no dilation together with strides: spread the kernel
  // instead.
  const spread = dilated && (call.training || strides.some((stride) => stride > 1))
  const dilations = (spread ? [1, 1] : window.dilations) as [number, number]
  const finish = (kernel: Tensor): Tensor4D =>
    (spread ? spreadKernel(tf, kernel, window.dilations) : kernel) as Tensor4D
  const depthwise = group > 1 && weight[1] === 1
  if (depthwise) {
    const kernel = call.derived('weight', spread ? 'depthwise-spread' : 'depthwise', (parameter) =>
      finish(depthwiseKernel(tf, parameter, group)),
    )
    return tf.depthwiseConv2d(input, kernel as Tensor4D, strides, padding, 'NHWC', dilations)
  }
  const kernel = call.derived('weight', spread ? 'hwio-spread' : 'hwio', (parameter) =>
    finish(tf.transpose(parameter, [2, 3, 1, 0])),
  )
  const one = (data: Tensor, filter: Tensor): Tensor =>
    tf.conv2d(data as Tensor4D, filter as Tensor4D, strides, padding, 'NHWC', dilations)
  if (group === 1) return one(input, kernel)
  const filters = tf.split(kernel, group, 3)
  return tf.concat(
    tf.split(input, group, 3).map((part, index) => one(part, filters[index] as Tensor)),
    3,
  )
}

/**
 * `[channels * multiplier, 1, h, w]` to TensorFlow's `[h, w, channels, multiplier]`; both number outputs channel by
 * channel.
 */
function depthwiseKernel(tf: TensorFlow, weight: Tensor, channels: number): Tensor {
  const [outputs = 0, , height = 0, width = 0] = weight.shape
  return tf.transpose(tf.reshape(weight, [channels, outputs / channels, height, width]), [2, 3, 0, 1])
}

/** Inserts the zeros of a dilation into an HW.. kernel. */
function spreadKernel(tf: TensorFlow, kernel: Tensor, dilations: readonly number[]): Tensor {
  const [height = 1, width = 1, ...channels] = kernel.shape
  const [down = 1, across = 1] = dilations
  const rows = spreadAxis(tf, kernel, 1, height, elementCount([width, ...channels]), down)
  const columns = spreadAxis(tf, rows, (height - 1) * down + 1, width, elementCount(channels), across)
  return tf.reshape(columns, [(height - 1) * down + 1, (width - 1) * across + 1, ...channels])
}

function spreadAxis(tf: TensorFlow, tensor: Tensor, outer: number, size: number, inner: number, step: number): Tensor {
  const entries = tf.reshape(tensor, [outer, size, 1, inner])
  const spaced = step === 1 ? entries : tf.concat([entries, tf.zeros([outer, size, step - 1, inner])], 2)
  return tf.slice(tf.reshape(spaced, [outer, size * step, inner]), [0, 0, 0], [outer, (size - 1) * step + 1, inner])
}
