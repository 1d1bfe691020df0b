import type { Tensor } from '@tensorflow/tfjs-core'
import type {
  ForwardCall,
  GradientCall,
  LayerGradients,
  OnnxCall,
  OnnxNode,
  Operator,
  TensorFlow,
} from '../operator.js'
import { choiceAttribute, numberAttribute } from './attributes.js'
import { alignValues } from './broadcast.js'
import { elementwiseGradient, firstName, firstShape, graphMath, parameterName, sumToShape } from './gradient-support.js'
import type { GraphMath } from './gradient-support.js'
import { nodeChain } from './onnx-support.js'
import { broadcastShapes, firstInput, shapeError, shapeText } from './shape-support.js'
import { firstValue, mapValue, parameterTensor, plainValue } from './value-support.js'

/** Elementwise activation functions with attributes, or composed of others in ONNX. */
export const activationOperators: readonly Operator[] = [
  activation(
    'LeakyRelu',
    { alpha: 0.01 },
    ({ tf, value }, x) => tf.leakyRelu(x, value('alpha')),
    ({ math, x, dy, value }) => math.where(math.greater(x, 0), dy, math.mul(dy, value('alpha'))),
  ),
  activation(
    'Elu',
    { alpha: 1 },
    ({ tf, value }, x) => tf.add(tf.relu(x), tf.mul(tf.expm1(negativePart(tf, x)), value('alpha'))),
    ({ math, x, y, dy, value }) => math.where(math.greater(x, 0), dy, math.mul(dy, math.add(y, value('alpha')))),
  ),
  activation(
    'Selu',
    { alpha: 1.67326319217681884765625, gamma: 1.05070102214813232421875 },
    ({ tf, value }, x) =>
      tf.mul(tf.add(tf.relu(x), tf.mul(tf.expm1(negativePart(tf, x)), value('alpha'))), value('gamma')),
    ({ math, x, y, dy, value }) =>
      math.where(
        math.greater(x, 0),
        math.mul(dy, value('gamma')),
        math.mul(dy, math.add(y, value('gamma') * value('alpha'))),
      ),
  ),
  activation(
    'Celu',
    { alpha: 1 },
    ({ tf, value }, x) =>
      tf.add(tf.relu(x), tf.mul(tf.expm1(tf.div(negativePart(tf, x), value('alpha'))), value('alpha'))),
    ({ math, x, y, dy, value }) =>
      math.where(math.greater(x, 0), dy, math.mul(dy, math.add(math.div(y, value('alpha')), 1))),
  ),
  activation(
    'HardSigmoid',
    { alpha: 0.2, beta: 0.5 },
    ({ tf, value }, x) => hardSigmoid(tf, x, value('alpha'), value('beta')),
    ({ math, y, dy, value }) => math.mul(dy, hardSigmoidSlope(math, y, value('alpha'))),
  ),
  activation(
    'HardSwish',
    {},
    ({ tf }, x) => tf.mul(x, hardSigmoid(tf, x, 1 / 6, 0.5)),
    ({ math, x, dy, hardSigmoidOf }) => {
      const gate = hardSigmoidOf(1 / 6, 0.5)
      return math.mul(dy, math.add(gate, math.mul(x, hardSigmoidSlope(math, gate, 1 / 6))))
    },
  ),
  {
    ...activation(
      'Swish',
      { alpha: 1 },
      ({ tf, value }, x) => tf.mul(x, tf.sigmoid(tf.mul(x, value('alpha')))),
      swishGradient,
    ),
    toOnnx: swishToOnnx,
  },
  { ...activation('Mish', {}, ({ tf }, x) => tf.mul(x, tf.tanh(tf.softplus(x))), mishGradient), toOnnx: mishToOnnx },
  {
    ...activation('Gelu', { approximate: 'none' }, ({ tf, call }, x) => gelu(tf, x, isApproximate(call)), geluGradient),
    toOnnx: geluToOnnx,
  },
]

/** Leaky rectifier with a learned slope, which broadcasts against the input (one per channel: `[c, 1, 1]`). */
export const prelu: Operator = {
  name: 'PRelu',
  parameters: { slope: { role: 'weight' } },
  arity: 1,
  attributes: {},
  shape: (call) => {
    const input = firstInput(call)
    const slope = call.parameters['slope'] ?? []
    const result = broadcastShapes(input, slope)
    if (result !== null && shapeText(result) === shapeText(input)) return input
    throw shapeError(
      call,
      `a slope that broadcasts to the input, it is ${shapeText(slope)}`,
      'Use the slope shape [channels, 1, 1].',
    )
  },
  forward: (call) => {
    const { tf } = call
    const { tensors, layout } = alignValues(call, [firstValue(call), plainValue(parameterTensor(call, 'slope'))])
    const [x, slope] = tensors as [Tensor, Tensor]
    return { tensor: tf.add(tf.relu(x), tf.mul(slope, negativePart(tf, x))), layout }
  },
  gradient: preluGradient,
}

interface ActivationGradient {
  readonly math: GraphMath
  readonly call: GradientCall
  readonly x: string
  readonly y: string
  readonly dy: string
  value(attribute: string): number
  hardSigmoidOf(alpha: number, beta: number): string
}

interface ActivationCall {
  readonly tf: TensorFlow
  readonly call: ForwardCall
  value(attribute: string): number
}

function activation(
  name: string,
  attributes: Operator['attributes'],
  compute: (context: ActivationCall, x: Tensor) => Tensor,
  rule: (context: ActivationGradient) => string,
): Operator {
  return {
    name,
    parameters: {},
    arity: 1,
    attributes,
    shape: firstInput,
    forward: (call) =>
      mapValue(firstValue(call), (x) =>
        compute({ tf: call.tf, call, value: (attribute) => numberAttribute(call, attribute) }, x),
      ),
    gradient: elementwiseGradient((math, names, call) =>
      rule({
        ...names,
        math,
        call,
        value: (attribute) => numberAttribute(call, attribute),
        hardSigmoidOf: (alpha, beta) => call.build.add('HardSigmoid', [names.x], { alpha, beta }),
      }),
    ),
  }
}

const negativePart = (tf: TensorFlow, x: Tensor): Tensor => tf.neg(tf.relu(tf.neg(x)))

const hardSigmoid = (tf: TensorFlow, x: Tensor, alpha: number, beta: number): Tensor =>
  tf.clipByValue(tf.add(tf.mul(x, alpha), beta), 0, 1)

const isApproximate = (call: Pick<ForwardCall, 'layer' | 'attributes'>): boolean =>
  choiceAttribute(call, 'approximate', ['none', 'tanh']) === 'tanh'

const tanhFactor = Math.sqrt(2 / Math.PI)
const cubicFactor = 0.044715

/** Exact form x/2 (1 + erf(x/√2)), or the tanh approximation of Hendrycks & Gimpel (arXiv:1606.08415). */
function gelu(tf: TensorFlow, x: Tensor, approximate: boolean): Tensor {
  const gate = approximate
    ? tf.tanh(tf.mul(tf.add(x, tf.mul(tf.mul(tf.square(x), x), cubicFactor)), tanhFactor))
    : tf.erf(tf.mul(x, Math.SQRT1_2))
  return tf.mul(tf.mul(x, tf.add(gate, 1)), 0.5)
}

/** ONNX has Swish from opset 24 only. */
function swishToOnnx(call: OnnxCall): readonly OnnxNode[] {
  const chain = nodeChain(call)
  const [input = ''] = call.inputs
  const alpha = numberAttribute(call, 'alpha')
  return chain.finish('Mul', [
    input,
    chain.add('Sigmoid', [alpha === 1 ? input : chain.add('Mul', [input, call.floats('alpha', [], [alpha])])]),
  ])
}

/** ONNX has Mish from opset 18 only. */
function mishToOnnx(call: OnnxCall): readonly OnnxNode[] {
  const chain = nodeChain(call)
  return chain.finish('Mul', [...call.inputs, chain.add('Tanh', [chain.add('Softplus', call.inputs)])])
}

/** ONNX has Gelu from opset 20 only; onnxruntime fuses these forms again. */
function geluToOnnx(call: OnnxCall): readonly OnnxNode[] {
  const chain = nodeChain(call)
  const [input = ''] = call.inputs
  const constant = (name: string, value: number): string => call.floats(name, [], [value])
  const gate = isApproximate(call)
    ? tanhGate()
    : chain.add('Erf', [chain.add('Div', [input, constant('root', Math.SQRT2)])])
  const opened = chain.add('Add', [gate, constant('one', 1)])
  return chain.finish('Mul', [chain.add('Mul', [input, opened]), constant('half', 0.5)])

  function tanhGate(): string {
    const cube = chain.add('Mul', [chain.add('Mul', [input, input]), input])
    const inner = chain.add('Add', [input, chain.add('Mul', [cube, constant('cubic', cubicFactor)])])
    return chain.add('Tanh', [chain.add('Mul', [inner, constant('factor', tanhFactor)])])
  }
}

const hardSigmoidSlope = (math: GraphMath, y: string, alpha: number): string =>
  math.mul(math.mul(math.above(y, 0), math.below(y, 1)), alpha)

/**
 * With gate s and result y = x s: s + alpha (y - s y), which takes one pass less over the maps than any form with 1 -
 * s.
 */
function swishGradient({ math, x, y, dy, value }: ActivationGradient): string {
  const alpha = value('alpha')
  const gate = math.unary('Sigmoid', alpha === 1 ? x : math.mul(x, alpha))
  const slope = math.sub(y, math.mul(gate, y))
  return math.mul(dy, math.add(gate, alpha === 1 ? slope : math.mul(slope, alpha)))
}

function mishGradient({ math, x, dy }: ActivationGradient): string {
  const gate = math.unary('Tanh', math.unary('Softplus', x))
  const slope = math.mul(math.sub(1, math.mul(gate, gate)), math.unary('Sigmoid', x))
  return math.mul(dy, math.add(gate, math.mul(x, slope)))
}

function geluGradient({ math, call, x, dy }: ActivationGradient): string {
  const square = math.mul(x, x)
  if (isApproximate(call)) {
    const gate = math.unary('Tanh', math.mul(math.add(x, math.mul(math.mul(square, x), cubicFactor)), tanhFactor))
    const inner = math.mul(math.add(math.mul(square, 3 * cubicFactor), 1), tanhFactor)
    const slope = math.mul(math.mul(x, math.sub(1, math.mul(gate, gate))), inner)
    return math.mul(dy, math.mul(math.add(math.add(gate, 1), slope), 0.5))
  }
  const share = math.mul(math.add(math.unary('Erf', math.mul(x, Math.SQRT1_2)), 1), 0.5)
  const density = math.mul(math.unary('Exp', math.mul(square, -0.5)), 1 / Math.sqrt(2 * Math.PI))
  return math.mul(dy, math.add(share, math.mul(x, density)))
}

function preluGradient(call: GradientCall): LayerGradients {
  const math = graphMath(call.build)
  const x = firstName(call)
  const positive = math.greater(x, 0)
  const slope = call.needsParameter.has('slope')
    ? {
        slope: sumToShape(
          call.build,
          math.where(positive, 0, math.mul(call.gradient, x)),
          firstShape(call),
          call.parameterShapes['slope'] ?? [],
        ),
      }
    : {}
  return {
    inputs: [
      call.needsInput[0]
        ? math.where(positive, call.gradient, math.mul(call.gradient, parameterName(call, 'slope')))
        : undefined,
    ],
    parameters: slope,
  }
}
