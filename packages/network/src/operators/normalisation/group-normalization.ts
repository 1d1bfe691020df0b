import type { Tensor } from '@tensorflow/tfjs-core'
import type { ForwardCall, OnnxCall, OnnxNode, Operator, Shape, ShapeCall, TensorFlow, Value } from '../../operator.js'
import { numberAttribute } from '../support/attributes.js'
import { nodeChain, requiredParameter } from '../support/onnx-support.js'
import { expectParameter, firstInput, shapeError } from '../support/shape-support.js'
import { standardise } from './standardise.js'
import { firstMap, firstPlain, firstValue, parameterTensor } from '../support/value-support.js'

const slots = { scale: { role: 'scale' }, shift: { role: 'shift' } } as const

/** Normalises every channel of every sample over height and width. */
export const instanceNormalization: Operator = {
  name: 'InstanceNormalization',
  parameters: slots,
  arity: 1,
  attributes: { epsilon: 1e-5 },
  shape: (call) => checkedShape(call),
  forward: (call) =>
    normalise(call, (_, input, epsilon, isMap) => {
      const spatial = input.shape
        .map((__, axis) => axis)
        .filter((axis) => (isMap ? axis === 1 || axis === 2 : axis >= 2))
      return standardise(call.tf, input, spatial, epsilon)
    }),
}

/**
 * Normalises every sample over groups of neighbouring channels; scale and shift are per channel (as in PyTorch and
 * opset 21).
 */
export const groupNormalization: Operator = {
  name: 'GroupNormalization',
  parameters: slots,
  arity: 1,
  attributes: { num_groups: null, epsilon: 1e-5 },
  shape: (call) => {
    const input = checkedShape(call)
    const groups = numberAttribute(call, 'num_groups')
    if ((input[1] ?? 0) % groups === 0) return input
    throw shapeError(
      call,
      `a number of channels that ${groups} groups divide`,
      'Choose a num_groups that divides the channels.',
    )
  },
  forward: (call) =>
    normalise(call, (tf, input, epsilon, isMap) => {
      const groups = numberAttribute(call, 'num_groups')
      const [batch = 1, ...rest] = input.shape
      const channels = (isMap ? rest.at(-1) : rest[0]) ?? 1
      const grouped = isMap
        ? tf.reshape(input, [batch, -1, groups, channels / groups])
        : tf.reshape(input, [batch, groups, -1])
      return tf.reshape(standardise(tf, grouped, isMap ? [1, 3] : [2], epsilon), input.shape)
    }),
  toOnnx: groupToOnnx,
}

function checkedShape(call: ShapeCall): Shape {
  const input = firstInput(call)
  const [, channels] = input
  if (channels === undefined || input.length < 3)
    throw shapeError(call, 'an input [batch, channels, height, width]', 'Place the normalisation on a feature map.')
  for (const slot of ['scale', 'shift']) expectParameter(call, slot, [channels])
  return input
}

function normalise(
  call: ForwardCall,
  standard: (tf: TensorFlow, input: Tensor, epsilon: number, isMap: boolean) => Tensor,
): Value {
  const { tf } = call
  const isMap = firstValue(call).tensor.rank === 4
  const input = isMap ? firstMap(call) : firstPlain(call)
  const perChannel = (slot: string): Tensor => {
    const values = parameterTensor(call, slot)
    return isMap ? values : tf.reshape(values, [values.size, ...Array<number>(input.rank - 2).fill(1)])
  }
  const standardised = standard(tf, input, numberAttribute(call, 'epsilon'), isMap)
  return {
    tensor: tf.add(tf.mul(standardised, perChannel('scale')), perChannel('shift')),
    layout: isMap ? 'nhwc' : 'plain',
  }
}

/**
 * ONNX has it from opset 18 only, with another meaning of scale: an instance normalisation over groups, then scale and
 * shift.
 */
function groupToOnnx(call: OnnxCall): readonly OnnxNode[] {
  const chain = nodeChain(call)
  const groups = numberAttribute(call, 'num_groups')
  const [, ...sizes] = call.outputShape
  const channelShape = call.integers('channel_shape', [sizes[0] ?? 1, ...sizes.slice(1).map(() => 1)])
  const perChannel = (slot: 'scale' | 'shift'): string =>
    chain.add('Reshape', [requiredParameter(call, slot), channelShape])
  const grouped = chain.add('Reshape', [...call.inputs, call.integers('grouped', [0, groups, -1])])
  const ones = call.floats('ones', [groups], Array<number>(groups).fill(1))
  const zeros = call.floats('zeros', [groups], Array<number>(groups).fill(0))
  const normalised = chain.add('InstanceNormalization', [grouped, ones, zeros], {
    epsilon: numberAttribute(call, 'epsilon'),
  })
  const restored = chain.add('Reshape', [normalised, call.integers('restored', [0, ...sizes])])
  return chain.finish('Add', [chain.add('Mul', [restored, perChannel('scale')]), perChannel('shift')])
}
