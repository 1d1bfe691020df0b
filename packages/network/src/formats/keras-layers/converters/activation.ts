import { z } from 'zod'
import type { AttributeValue } from '../../../network.js'
import type { Value } from '../graph-builder.js'
import {
  type LayerCall,
  type LayerConverter,
  configField,
  rawInput,
  singleInput,
  toOwnAxis,
  unsupported,
} from './layer-converter.js'

type Attributes = Readonly<Record<string, AttributeValue>>

/** Keras activation names that are one operator. */
const simple: Readonly<Record<string, { readonly operator: string; readonly attributes?: Attributes }>> = {
  relu: { operator: 'Relu' },
  relu6: { operator: 'Clip', attributes: { min: 0, max: 6 } },
  elu: { operator: 'Elu' },
  selu: { operator: 'Selu' },
  celu: { operator: 'Celu' },
  sigmoid: { operator: 'Sigmoid' },
  softplus: { operator: 'Softplus' },
  softsign: { operator: 'Softsign' },
  tanh: { operator: 'Tanh' },
  exponential: { operator: 'Exp' },
  mish: { operator: 'Mish' },
  gelu: { operator: 'Gelu', attributes: { approximate: 'none' } },
  gelu_new: { operator: 'Gelu', attributes: { approximate: 'tanh' } },
  hard_swish: { operator: 'HardSwish' },
  hard_silu: { operator: 'HardSwish' },
  leaky_relu: { operator: 'LeakyRelu', attributes: { alpha: 0.2 } },
}

/** `hard_sigmoid`, `hardSigmoid` and `HardSigmoid` are one name. */
const snakeCase = (name: string): string => name.replace(/([a-z\d])([A-Z])/g, '$1_$2').toLowerCase()

/** A name, or an object `{ class_name, config }` whose config may be the name. */
const activationName = z
  .union([
    z.string(),
    z
      .looseObject({ class_name: z.string(), config: z.unknown() })
      .transform((object) => (typeof object.config === 'string' ? object.config : object.class_name)),
  ])
  .default('linear')

/** Adds the layer's `activation`, named after the function, unless it is linear. */
export function addActivation(call: LayerCall, value: Value): Value {
  const name = snakeCase(configField(call, 'activation', activationName))
  return name === 'linear' ? value : addFunction(call, value, name, `${call.layer.name}.${name}`)
}

function addFunction(call: LayerCall, value: Value, name: string, layerName: string): Value {
  const { builder } = call
  const add = (operator: string, attributes: Attributes = {}): Value =>
    keepOrder(value, builder.add({ name: layerName, operator, inputs: [value], attributes }))
  const known = Object.hasOwn(simple, name) ? simple[name] : undefined
  if (known) return add(known.operator, known.attributes)
  switch (name) {
    case 'linear':
      return value
    // Keras 3 redefined it as relu6(x + 3) / 6.
    case 'hard_sigmoid':
      return add('HardSigmoid', { alpha: call.dialect === 'keras3' ? 1 / 6 : 0.2, beta: 0.5 })
    case 'swish':
    case 'silu': {
      const gate = builder.add({ name: `${layerName}.sigmoid`, operator: 'Sigmoid', inputs: [value] })
      return keepOrder(value, builder.add({ name: layerName, operator: 'Mul', inputs: [value, gate] }))
    }
    case 'softmax':
    case 'log_softmax':
      return addSoftmax(call, value, name === 'softmax' ? 'Softmax' : 'LogSoftmax', -1, layerName)
    default:
      throw unsupported(
        call,
        `uses the activation ${JSON.stringify(name)}, which is unknown`,
        `Use one of ${[...Object.keys(simple), 'hard_sigmoid', 'swish', 'softmax', 'linear'].join(', ')}`,
      )
  }
}

function addSoftmax(
  { builder, ...call }: LayerCall,
  value: Value,
  operator: string,
  axis: number,
  name: string,
): Value {
  const ownAxis = toOwnAxis({ builder, ...call }, axis, builder.shapeOf(value).length)
  return keepOrder(value, builder.add({ name, operator, inputs: [value], attributes: { axis: ownAxis } }))
}

/** Element by element, so an NCHW-flattened vector stays one. */
export const keepOrder = (before: Value, after: Value): Value =>
  before.flattenedFrom ? { ...after, flattenedFrom: before.flattenedFrom } : after

const activation: LayerConverter = {
  classNames: ['Activation'],
  convert: (call) =>
    addFunction(call, rawInput(call), snakeCase(configField(call, 'activation', activationName)), call.layer.name),
}

const slope = z.number().default(0)

const relu: LayerConverter = {
  classNames: ['ReLU'],
  convert: (call) => {
    const { builder, layer } = call
    const input = rawInput(call)
    const maximum = configField(call, 'max_value', z.number().optional())
    const negative = configField(call, 'negative_slope', slope)
    if (configField(call, 'threshold', slope) !== 0)
      throw unsupported(call, 'has a threshold; only 0 is supported', 'Use a plain ReLU')
    if (negative === 0) {
      const operator =
        maximum === undefined ? { operator: 'Relu' } : { operator: 'Clip', attributes: { min: 0, max: maximum } }
      return keepOrder(input, builder.add({ name: layer.name, inputs: [input], ...operator }))
    }
    const leaky = builder.add({
      name: maximum === undefined ? layer.name : `${layer.name}.leaky`,
      operator: 'LeakyRelu',
      inputs: [input],
      attributes: { alpha: negative },
    })
    if (maximum === undefined) return keepOrder(input, leaky)
    return keepOrder(
      input,
      builder.add({
        name: layer.name,
        operator: 'Min',
        inputs: [leaky],
        parameters: { constant: { shape: [1], data: Float32Array.of(maximum), trainable: false } },
      }),
    )
  },
}

const leakyRelu: LayerConverter = {
  classNames: ['LeakyReLU'],
  convert: (call) => {
    const input = rawInput(call)
    const alpha = configField(
      call,
      'negative_slope' in call.layer.config ? 'negative_slope' : 'alpha',
      z.number().default(0.3),
    )
    return keepOrder(
      input,
      call.builder.add({ name: call.layer.name, operator: 'LeakyRelu', inputs: [input], attributes: { alpha } }),
    )
  },
}

const elu: LayerConverter = {
  classNames: ['ELU'],
  convert: (call) => {
    const input = rawInput(call)
    return keepOrder(
      input,
      call.builder.add({
        name: call.layer.name,
        operator: 'Elu',
        inputs: [input],
        attributes: { alpha: configField(call, 'alpha', z.number().default(1)) },
      }),
    )
  },
}

/** Slopes `[h, w, c]` (1 along shared axes) become `[c, h, w]`. */
const parametricRelu: LayerConverter = {
  classNames: ['PReLU'],
  variables: () => ['alpha'],
  convert: (call) => {
    const { shape, data } = call.weight('alpha')
    const [height = 1, width = 1, channels = 1] = shape
    const own =
      shape.length === 3
        ? { shape: [channels, height, width], data: channelsFirst(data, height * width, channels) }
        : { shape, data }
    return call.builder.add({
      name: call.layer.name,
      operator: 'PRelu',
      inputs: [singleInput(call)],
      parameters: { slope: own },
    })
  },
}

function channelsFirst(data: Float32Array, pixels: number, channels: number): Float32Array {
  return Float32Array.from(data, (_, index) => data[(index % pixels) * channels + Math.floor(index / pixels)] ?? 0)
}

const softmax: LayerConverter = {
  classNames: ['Softmax'],
  convert: (call) =>
    addSoftmax(
      call,
      singleInput(call),
      'Softmax',
      configField(call, 'axis', z.number().int().default(-1)),
      call.layer.name,
    ),
}

export const activationConverters: readonly LayerConverter[] = [
  activation,
  relu,
  leakyRelu,
  elu,
  parametricRelu,
  softmax,
]
