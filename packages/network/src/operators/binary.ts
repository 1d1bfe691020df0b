import type { Tensor } from '@tensorflow/tfjs-core'
import type {
  ForwardCall,
  GradientCall,
  LayerGradients,
  Operator,
  ParameterRole,
  Shape,
  ShapeCall,
  TensorFlow,
  Value,
} from '../operator.js'
import { flagAttribute } from './attributes.js'
import { alignValues } from './broadcast.js'
import { graphMath, parameterName, sumToShape } from './gradient-support.js'
import type { GraphMath } from './gradient-support.js'
import { broadcastShapes, firstInput, shapeError, shapeText } from './shape-support.js'
import { broadcastTensor, firstValue, parameterTensor, plainValue } from './value-support.js'

/** What a learned operand is. Networks don't learn what they subtract, divide by, raise to or compare with. */
const operandRoles: Readonly<Record<string, ParameterRole>> = { Add: 'bias', Mul: 'scale' }

/**
 * Elementwise functions of two values with numpy broadcasting: two data inputs, or one and a parameter: the learned
 * `operand` of Add (a bias, or positions) and Mul (a scale), or a `constant`, which is part of the formula.
 */
export const binaryOperators: readonly Operator[] = [
  binary('Add', (tf, a, b) => tf.add(a, b), { first: (_, { dy }) => dy, second: (_, { dy }) => dy }),
  binary('Sub', (tf, a, b) => tf.sub(a, b), {
    first: (_, { dy }) => dy,
    second: (math, { dy }) => math.unary('Neg', dy),
  }),
  binary('Mul', (tf, a, b) => tf.mul(a, b), {
    first: (math, { b, dy }) => math.mul(dy, b),
    second: (math, { a, dy }) => math.mul(dy, a),
  }),
  binary('Div', (tf, a, b) => tf.div(a, b), {
    first: (math, { b, dy }) => math.div(dy, b),
    second: (math, { b, y, dy }) => math.unary('Neg', math.div(math.mul(dy, y), b)),
  }),
  binary('Pow', (tf, a, b) => tf.pow(a, b), {
    first: (math, { a, b, dy }) => math.mul(dy, math.mul(b, math.pow(a, math.sub(b, 1)))),
    // The logarithm of a base that is not positive is nobody's derivative: 0, as in TensorFlow.
    second: (math, { a, y, dy }) =>
      math.mul(
        math.mul(dy, y),
        math.where(math.greater(a, 0), math.unary('Log', math.where(math.greater(a, 0), a, 1)), 0),
      ),
  }),
  // The gradients of tf.minimum and tf.maximum don't sum over broadcast axes.
  binary('Min', (tf, a, b) => withEqualShapes(tf, a, b, (x, y) => tf.minimum(x, y)), {
    first: (math, { a, b, dy }) => math.where(math.greater(a, b), 0, dy),
    second: (math, { a, b, dy }) => math.where(math.greater(a, b), dy, 0),
  }),
  binary('Max', (tf, a, b) => withEqualShapes(tf, a, b, (x, y) => tf.maximum(x, y)), {
    first: (math, { a, b, dy }) => math.where(math.greater(b, a), 0, dy),
    second: (math, { a, b, dy }) => math.where(math.greater(b, a), dy, 0),
  }),
]

type BinaryRule = (
  math: GraphMath,
  names: { readonly a: string; readonly b: string; readonly y: string; readonly dy: string },
) => string

/** Gradients by the first and second operand, before the sum over axes that were broadcast. */
interface BinaryRules {
  readonly first: BinaryRule
  readonly second: BinaryRule
}

function binary(name: string, compute: (tf: TensorFlow, a: Tensor, b: Tensor) => Tensor, rules: BinaryRules): Operator {
  return {
    name,
    parameters: {
      operand: { role: operandRoles[name] ?? 'constant', optional: true },
      constant: { role: 'constant', optional: true },
    },
    arity: [1, 2],
    attributes: { reversed: 0 },
    shape: binaryShape,
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
    gradient: (call) => binaryGradient(call, rules),
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
  const second = call.inputs[1] ?? plainValue(parameterTensor(call, slotOf(call)))
  const pair = [firstValue(call), second]
  return flagAttribute(call, 'reversed') ? pair.reverse() : pair
}

/** The slot that the second operand is in when it is no data input. */
const slotOf = (call: { readonly parameters: Readonly<Record<string, unknown>> }): 'operand' | 'constant' =>
  'constant' in call.parameters ? 'constant' : 'operand'

function withEqualShapes(tf: TensorFlow, a: Tensor, b: Tensor, compute: (a: Tensor, b: Tensor) => Tensor): Tensor {
  const shape = broadcastShapes(a.shape, b.shape) ?? a.shape
  return compute(broadcastTensor(tf, a, shape), broadcastTensor(tf, b, shape))
}

function binaryGradient(call: GradientCall, rules: BinaryRules): LayerGradients {
  const { build, gradient: dy, output: y } = call
  const math = graphMath(build)
  const slot = slotOf(call)
  const [first = '', second = parameterName(call, slot)] = call.inputs
  const reversed = flagAttribute(call, 'reversed')
  const [a, b] = reversed ? [second, first] : [first, second]
  const by = (position: 0 | 1, shape: Shape): string => {
    const rule = (position === 0) === reversed ? rules.second : rules.first
    return sumToShape(build, rule(math, { a, b, y, dy }), call.outputShape, shape)
  }
  return {
    inputs: call.inputs.map((_, index) =>
      call.needsInput[index] ? by(index as 0 | 1, call.inputShapes[index] ?? []) : undefined,
    ),
    parameters: call.needsParameter.has(slot) ? { [slot]: by(1, call.parameterShapes[slot] ?? []) } : {},
  }
}
