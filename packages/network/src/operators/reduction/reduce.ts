import type { Tensor } from '@tensorflow/tfjs-core'
import type { ForwardCall, Operator, Shape, TensorFlow } from '../../operator.js'
import { type AttributedCall, flagAttribute, listAttribute } from '../support/attributes.js'
import { axisIn } from '../support/broadcast.js'
import { firstInput, normaliseAxis, shapeError } from '../support/shape-support.js'
import { firstPlain, firstValue, plainShape, plainValue } from '../support/value-support.js'

export const reduceMean: Operator = {
  ...reduction('ReduceMean', (tf, tensor, axes, keep) => tf.mean(tensor, axes, keep)),
  pools: true,
}
export const reduceMax: Operator = { ...reduction('ReduceMax', maximum), pools: true }
export const reduceSum: Operator = {
  ...reduction('ReduceSum', (tf, tensor, axes, keep) => tf.sum(tensor, axes, keep)),
  toOnnx: (call) => [
    {
      operator: 'ReduceSum',
      inputs: [...call.inputs, call.integers('axes', listAttribute(call, 'axes'))],
      outputs: [call.output],
      attributes: { keepdims: flagAttribute(call, 'keepdims') ? 1 : 0 },
    },
  ],
}

type Reduce = (tf: TensorFlow, tensor: Tensor, axes: number[], keep: boolean) => Tensor

function reduction(name: string, reduce: Reduce): Operator {
  return {
    name,
    parameters: {},
    arity: 1,
    attributes: { axes: null, keepdims: 1 },
    shape: (call) => {
      const input = firstInput(call)
      const axes = reducedAxes(call, input)
      return flagAttribute(call, 'keepdims')
        ? input.map((size, axis) => (axes.includes(axis) ? 1 : size))
        : input.filter((_, axis) => !axes.includes(axis))
    },
    forward: (call) => reduceValue(call, reduce),
  }
}

function reduceValue(call: ForwardCall, reduce: Reduce): ReturnType<Operator['forward']> {
  const value = firstValue(call)
  const keep = flagAttribute(call, 'keepdims')
  const axes = reducedAxes(call, plainShape(value))
  // Without height and width, or without channels, both layouts list the remaining axes in the same order.
  const sameOrder = (axes.includes(2) && axes.includes(3)) || axes.includes(1)
  if (value.layout === 'plain' || !(keep || sameOrder)) return plainValue(reduce(call.tf, firstPlain(call), axes, keep))
  const tensor = reduce(
    call.tf,
    value.tensor,
    axes.map((axis) => axisIn('nhwc', axis)),
    keep,
  )
  return { tensor, layout: keep ? 'nhwc' : 'plain' }
}

/** The axes that a layer reduces, counted from the front. Throws NetworkError when there is none, or one twice. */
export function reducedAxes(call: AttributedCall, input: Shape): number[] {
  const where = { layer: call.layer, inputs: [input] }
  const axes = listAttribute(call, 'axes').map((axis) => normaliseAxis(where, axis, input.length))
  if (axes.length > 0 && new Set(axes).size === axes.length) return axes
  throw shapeError(
    where,
    `different axes to reduce, they are [${axes.join(', ')}]`,
    'Name at least one axis, each once.',
  )
}

/** Equal maxima share the gradient (PyTorch's amax); tf.max gives each of them all of it. */
function maximum(tf: TensorFlow, tensor: Tensor, axes: number[], keep: boolean): Tensor {
  const largestOf = tf.customGrad((input, save) => {
    const x = input as Tensor
    const value = tf.max(x, axes, true)
    const keepForGradient = save as (tensors: Tensor[]) => void
    keepForGradient([x, value])
    const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor => {
      const [original, largest] = saved as [Tensor, Tensor]
      const winners = tf.cast(tf.equal(original, largest), 'float32')
      return tf.mul(winners, tf.div(dy, tf.sum(winners, axes, true)))
    }
    return { value, gradFunc }
  })
  const kept = largestOf(tensor)
  return keep
    ? kept
    : tf.reshape(
        kept,
        tensor.shape.filter((_, axis) => !axes.includes(axis)),
      )
}
