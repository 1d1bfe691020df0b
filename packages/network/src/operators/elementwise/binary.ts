import type { Tensor } from '@tensorflow/tfjs-core'
import type { ForwardCall, Operator, ParameterRole, Shape, ShapeCall, TensorFlow, Value } from '../../operator.js'
import { flagAttribute } from '../support/attributes.js'
import { alignValues } from '../support/broadcast.js'
import { broadcastShapes, firstInput, shapeError, shapeText } from '../support/shape-support.js'
import { broadcastTensor, firstValue, parameterTensor, plainValue } from '../support/value-support.js'

/** What a learned operand is. Networks don't learn what they subtract, divide by, raise to or compare with. */
const operandRoles: Readonly<Record<string, ParameterRole>> = { Add: 'bias', Mul: 'scale' }

/**
 * Elementwise functions of two values with numpy broadcasting: two data inputs, or one and a parameter: the learned
 * `operand` of Add (a bias, or positions) and Mul (a scale), or a `constant`, which is part of the formula.
 */
export const binaryOperators: readonly Operator[] = [
  binary('Add', (tf, a, b) => tf.add(a, b), { finiteAtZero: true }),
  binary('Sub', (tf, a, b) => tf.sub(a, b), { finiteAtZero: true }),
  binary('Mul', (tf, a, b) => tf.mul(a, b), { finiteAtZero: true }),
  binary('Div', (tf, a, b) => tf.div(a, b)),
  binary('Pow', (tf, a, b) => tf.pow(a, b)),
  // The gradients of tf.minimum and tf.maximum don't sum over broadcast axes.
  binary('Min', (tf, a, b) => withEqualShapes(tf, a, b, (x, y) => tf.minimum(x, y)), { finiteAtZero: true }),
  binary('Max', (tf, a, b) => withEqualShapes(tf, a, b, (x, y) => tf.maximum(x, y)), { finiteAtZero: true }),
]

function binary(
  name: string,
  compute: (tf: TensorFlow, a: Tensor, b: Tensor) => Tensor,
  traits: Pick<Operator, 'finiteAtZero'> = {},
): Operator {
  return {
    name,
    parameters: {
      operand: { role: operandRoles[name] ?? 'constant', optional: true },
      constant: { role: 'constant', optional: true },
    },
    arity: [1, 2],
    attributes: { reversed: 0 },
    ...traits,
    shape: binaryShape,
    reach: () => ({ mixes: [] }),
    forward: (call) => {
      const { tensors, layout } = alignValues(call, operands(call))
      const [first, second] = tensors as [Tensor, Tensor]
      return { tensor: compute(call.tf, first, second), layout }
    },
    toOnnx: (call) => {
      const inputs = [...call.inputs, ...Object.values(call.parameters)]
      return [
        { operator: name, inputs: flagAttribute(call, 'reversed') ? inputs.reverse() : inputs, outputs: [call.output] },
      ]
    },
  }
}

function binaryShape(call: ShapeCall): Shape {
  const first = firstInput(call)
  const given = [...call.inputs.slice(1), ...Object.values(call.parameters)]
  const [second] = given
  if (second === undefined || given.length > 1)
    throw shapeError(
      call,
      "either two data inputs or one data input and a parameter 'operand' or 'constant'",
      'Connect exactly two operands.',
    )
  const result = broadcastShapes(first, second)
  if (result !== null) return result
  throw shapeError(
    call,
    `shapes that broadcast: ${shapeText(first)} and ${shapeText(second)} differ in an axis where neither has size 1`,
    'Connect layers of equal size, or bring one to the size of the other (a 1x1 convolution for channels, pooling for height and width).',
  )
}

function operands(call: ForwardCall): readonly Value[] {
  const second = call.inputs[1] ?? plainValue(parameterTensor(call, operandSlot(call)))
  const pair = [firstValue(call), second]
  return flagAttribute(call, 'reversed') ? pair.reverse() : pair
}

/** The slot that the second operand is in when it is not a data input. */
export const operandSlot = (call: {
  readonly parameters: Readonly<Record<string, unknown>>
}): 'operand' | 'constant' => ('constant' in call.parameters ? 'constant' : 'operand')

function withEqualShapes(tf: TensorFlow, a: Tensor, b: Tensor, compute: (a: Tensor, b: Tensor) => Tensor): Tensor {
  const shape = broadcastShapes(a.shape, b.shape) ?? a.shape
  return compute(broadcastTensor(tf, a, shape), broadcastTensor(tf, b, shape))
}
