import type { Tensor } from '@tensorflow/tfjs-core'
import type { ForwardCall, GradientCall, Operator, Shape, ShapeCall, TensorFlow } from '../operator.js'
import { flagAttribute, listAttribute } from './attributes.js'
import { axisIn } from './broadcast.js'
import { firstName, firstShape, graphMath } from './gradient-support.js'
import type { GraphMath } from './gradient-support.js'
import { elementCount, firstInput, normaliseAxis, shapeError } from './shape-support.js'
import { firstPlain, firstValue, plainShape, plainValue } from './value-support.js'

export const reduceMean = reduction(
  'ReduceMean',
  (tf, tensor, axes, keep) => tf.mean(tensor, axes, keep),
  ({ math, gradient, input, axes }) =>
    math.expand(math.div(gradient, elementCount(axes.map((axis) => input[axis] ?? 1))), input),
)
export const reduceMax = reduction('ReduceMax', maximum, ({ math, gradient, axes, value, result }) => {
  const winners = math.where(math.greater(result, value), 0, 1)
  return math.mul(winners, math.div(gradient, math.sum(winners, axes)))
})
export const reduceSum: Operator = {
  ...reduction(
    'ReduceSum',
    (tf, tensor, axes, keep) => tf.sum(tensor, axes, keep),
    ({ math, gradient, input }) => math.expand(gradient, input),
  ),
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

interface ReduceGradient {
  readonly math: GraphMath
  /** Names of the input; of result and gradient with the reduced axes at size 1. */
  readonly value: string
  readonly result: string
  readonly gradient: string
  readonly input: Shape
  readonly axes: readonly number[]
}

function reduction(name: string, reduce: Reduce, rule: (call: ReduceGradient) => string): Operator {
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
    gradient: (call) => ({ inputs: [rule(reduceGradient(call))] }),
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

function reducedAxes(call: Pick<ShapeCall, 'layer' | 'attributes'>, input: Shape): number[] {
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

function reduceGradient(call: GradientCall): ReduceGradient {
  const math = graphMath(call.build)
  const input = firstShape(call)
  const axes = reducedAxes(call, input)
  const kept = input.map((size, axis) => (axes.includes(axis) ? 1 : size))
  return {
    math,
    input,
    axes,
    value: firstName(call),
    result: math.reshape(call.output, kept),
    gradient: math.reshape(call.gradient, kept),
  }
}
