import type { Converter } from './converter.js'
import { vector } from './convert-windows.js'
import type { GraphBuilder, Slot } from './graph-builder.js'
import { isTellingName } from '../values/telling-name.js'
import { batchMarker, type Constant, constant, type LayerValue } from '../values/graph-value.js'
import type { NodeCall } from '../values/node-call.js'

/** Matrix products and normalisations: the operators with trained weights besides convolution. */
export const linearConverters: Readonly<Record<string, Converter>> = {
  Gemm: gemm,
  BatchNormalization: batchNormalization,
  LayerNormalization: (call, builder) => {
    const scale = call.required(1)
    const shift = call.constant(2)
    return builder.emit(call, 'LayerNormalization', [call.layer(0)], {
      attributes: { axis: call.integer('axis', -1), epsilon: call.float('epsilon', 1e-5) },
      slots: {
        scale: { value: scale, trainable: !isFiller(scale, 1) },
        shift: shift && { value: shift, trainable: !isFiller(shift, 0) },
      },
    })
  },
  InstanceNormalization: (call, builder) =>
    builder.emit(call, 'InstanceNormalization', [call.layer(0)], {
      attributes: { epsilon: call.float('epsilon', 1e-5) },
      slots: scaling(call.required(1), call.required(2)),
    }),
  GroupNormalization: (call, builder) => {
    const channels = call.layer(0).shape[1] ?? 1
    const [scale, shift] = [perChannel(call.required(1), channels), perChannel(call.required(2), channels)]
    return builder.emit(call, 'GroupNormalization', [call.layer(0)], {
      attributes: { num_groups: call.integer('num_groups', 1), epsilon: call.float('epsilon', 1e-5) },
      slots: scaling(scale, shift),
    })
  },
  PRelu: (call, builder) =>
    builder.emit(call, 'PRelu', [call.layer(0)], { slots: { slope: { value: call.required(1), trainable: true } } }),
}

function gemm(call: NodeCall, builder: GraphBuilder): LayerValue {
  if (call.integer('transA', 0) !== 0)
    throw call.refuse('transposes its first input (transA = 1)', 'Export the model with an ordinary linear layer.')
  const input = call.layer(0)
  if (call.inputs[1]?.kind === 'layer') return gemmOfLayers(call, builder, input, call.inputs[1])
  const [weight, bias] = [call.required(1), call.constant(2)]
  const outputs = weight.shape[call.integer('transB', 0) === 1 ? 0 : 1] ?? 1
  return builder.emit(call, 'Gemm', [input], {
    attributes: {
      ...(call.float('alpha', 1) === 1 ? {} : { alpha: call.float('alpha', 1) }),
      ...(call.float('beta', 1) === 1 ? {} : { beta: call.float('beta', 1) }),
      transB: call.integer('transB', 0),
    },
    slots: {
      weight: { value: weight, trainable: true },
      bias: bias && { value: biasVector(call, bias, outputs), trainable: true },
    },
  })
}

/** A product of two computed values has no weight: MatMul, where nothing is scaled or added. */
function gemmOfLayers(call: NodeCall, builder: GraphBuilder, first: LayerValue, second: LayerValue): LayerValue {
  const plain = call.float('alpha', 1) === 1 && (call.inputs[2] ?? null) === null
  if (!plain)
    throw call.refuse(
      'multiplies two computed values and scales or adds to the product',
      'Export it as MatMul followed by Mul and Add.',
    )
  const right =
    call.integer('transB', 0) === 1
      ? builder.emit(call, 'Transpose', [second], { attributes: { perm: [1, 0] }, suffix: '.transpose' })
      : second
  return builder.emit(call, 'MatMul', [first, right])
}

function biasVector(call: NodeCall, bias: Constant, outputs: number): Constant {
  const values = bias.read()
  if (values.length === outputs) return vector(bias)
  if (values.length === 1) return constant(bias.type, [outputs], new Float32Array(outputs).fill(values[0] ?? 0))
  throw call.refuse(
    `adds a bias of shape [${bias.shape.join(', ')}] to ${outputs} outputs`,
    'Expected one number for every output; export the model again.',
  )
}

function batchNormalization(call: NodeCall, builder: GraphBuilder): LayerValue {
  const [scale, shift, mean, variance] = [call.required(1), call.required(2), call.required(3), call.required(4)]
  const momentum = call.float('momentum', 0.9)
  return builder.emit(call, 'BatchNormalization', [call.layer(0)], {
    attributes: {
      epsilon: call.float('epsilon', 1e-5),
      // 1 is written by exporters that take the statistics for constants: they would never move.
      ...(momentum >= 0 && momentum < 1 && momentum !== 0.9 && { momentum }),
    },
    slots: {
      ...scaling(scale, shift),
      mean: { value: mean, trainable: false },
      variance: { value: variance, trainable: false },
    },
  })
}

/** Scale and shift of a normalisation; those that it was made without are ones and zeros, which nothing learned. */
function scaling(scale: Constant, shift: Constant): { readonly scale: Slot; readonly shift: Slot } {
  return {
    scale: { value: scale, trainable: !isFiller(scale, 1) },
    shift: { value: shift, trainable: !isFiller(shift, 0) },
  }
}

/** The same number everywhere, under a name that an exporter made. */
const isFiller = (value: Constant, filler: number): boolean =>
  !(value.origin !== null && isTellingName(value.origin)) && value.read().every((number) => number === filler)

/** Opset 18 gives one scale per group, opset 21 one per channel. */
function perChannel(value: Constant, channels: number): Constant {
  const values = value.read()
  if (values.length === channels || channels % values.length !== 0) return value
  const each = channels / values.length
  return constant(
    value.type,
    [channels],
    Float32Array.from({ length: channels }, (_, channel) => values[Math.floor(channel / each)] ?? 0),
  )
}

/**
 * MatMul with a weight and the Add of its bias, at rank 2, are one Gemm: returns it, or null when the Add is something
 * else.
 */
export function fuseBias(
  call: NodeCall,
  builder: GraphBuilder,
  product: LayerValue,
  bias: Constant,
  usedOnce: boolean,
): LayerValue | null {
  const layer = builder.find(product)
  const outputs = product.shape[1]
  const fits =
    usedOnce &&
    layer?.operator === 'MatMul' &&
    layer.parameters['weight'] !== undefined &&
    product.shape.length === 2 &&
    product.shape[0] === batchMarker
  if (!fits || bias.shape.at(-1) !== outputs || bias.read().length !== outputs) return null
  builder.turnInto(
    product,
    { operator: 'Gemm', attributes: { transB: 0 } },
    { bias: { value: vector(bias), trainable: true } },
  )
  return product
}
