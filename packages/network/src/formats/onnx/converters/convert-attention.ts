import { elementCount } from '../onnx-tensor.js'
import { type Constant, constant, type GraphValue, type LayerValue } from '../values/graph-value.js'
import type { NodeCall } from '../values/node-call.js'
import type { Converter } from './converter.js'
import { reshape } from './emit-reshape.js'
import type { GraphBuilder } from './graph-builder.js'

/** What operator set 23 writes as one node, as the layers that it stands for. */
export const attentionConverters: Readonly<Record<string, Converter>> = {
  Attention: attention,
  RMSNormalization: rootMeanSquare,
}

/** `x / sqrt(mean(x^2) + epsilon) * scale`, over the last axes. */
function rootMeanSquare(call: NodeCall, builder: GraphBuilder): LayerValue {
  const input = call.layer(0)
  const rank = input.shape.length
  const axis = call.integer('axis', -1)
  const axes = Array.from({ length: axis < 0 ? -axis : rank - axis }, (_, index) => rank - 1 - index).reverse()
  const square = builder.emit(call, 'Mul', [input, input], { suffix: '.square' })
  const mean = builder.emit(call, 'ReduceMean', [square], { attributes: { axes, keepdims: 1 }, suffix: '.mean' })
  const positive = builder.emit(call, 'Add', [mean], {
    slots: { constant: { value: scalar(call.float('epsilon', 1e-5)), trainable: false } },
    suffix: '.epsilon',
  })
  const root = builder.emit(call, 'Sqrt', [positive], { suffix: '.root' })
  const normalised = builder.emit(call, 'Div', [input, root], { suffix: '.normalised' })
  return builder.emit(call, 'Mul', [normalised], { slots: { operand: { value: call.required(1), trainable: true } } })
}

const scalar = (value: number): Constant => constant('float32', [], Float32Array.of(value))

/** Scores of queries and keys, a mask that is known, a softmax, and the values that it weighs. */
function attention(call: NodeCall, builder: GraphBuilder): LayerValue {
  checkAttention(call)
  const given = [0, 1, 2].map((index) => call.layer(index)) as [LayerValue, LayerValue, LayerValue]
  const [query, key, value] = given.map((part, index) => {
    const heads = call.integer(index === 0 ? 'q_num_heads' : 'kv_num_heads', 0)
    return perHead(call, builder, part, heads, `.${['query', 'key', 'value'][index]}`)
  }) as [LayerValue, LayerValue, LayerValue]
  const width = query.shape[3] ?? 1
  const turned = builder.emit(call, 'Transpose', [key], { attributes: { perm: [0, 1, 3, 2] }, suffix: '.turned' })
  const products = builder.emit(call, 'MatMul', [query, turned], { suffix: '.products' })
  const scores = builder.emit(call, 'Mul', [products], {
    slots: { constant: { value: scalar(call.float('scale', 1 / Math.sqrt(width))), trainable: false } },
    suffix: '.scores',
  })
  const masked = withMask(call, builder, scores)
  const weights = builder.emit(call, 'Softmax', [masked], { attributes: { axis: -1 }, suffix: '.weights' })
  const last = given[0].shape.length === 4
  const weighed = builder.emit(call, 'MatMul', [weights, value], last ? {} : { suffix: '.weighed' })
  if (last) return weighed
  const together = builder.emit(call, 'Transpose', [weighed], {
    attributes: { perm: [0, 2, 1, 3] },
    suffix: '.together',
  })
  const [batch = 1, tokens = 1, ...rest] = together.shape
  return reshape(call, builder, together, [batch, tokens, elementCount(rest)])
}

function checkAttention(call: NodeCall): void {
  const [heads, keyHeads] = [call.integer('q_num_heads', 0), call.integer('kv_num_heads', 0)]
  const past = [4, 5].some((index) => (call.inputs[index] ?? null) !== null)
  if (past || call.float('softcap', 0) !== 0 || heads !== keyHeads)
    throw call.refuse(
      'attends with a memory of earlier tokens, bounded scores or shared keys',
      'Only the attention of vision transformers is supported; export with opset_version=18, which writes it out.',
    )
}

/** `[batch, tokens, heads * width]` as `[batch, heads, tokens, width]`. */
function perHead(call: NodeCall, builder: GraphBuilder, value: LayerValue, heads: number, suffix: string): LayerValue {
  if (value.shape.length === 4) return value
  const [batch = 1, tokens = 1, width = 1] = value.shape
  const split = reshape(call, builder, value, [batch, tokens, heads, width / heads], `${suffix}.heads`)
  return builder.emit(call, 'Transpose', [split], { attributes: { perm: [0, 2, 1, 3] }, suffix })
}

/** The scores with what is added to them, or with those left out that a mask of flags or the order of tokens forbids. */
function withMask(call: NodeCall, builder: GraphBuilder, scores: LayerValue): LayerValue {
  const mask = call.inputs[3] ?? null
  const added = mask === null ? scores : addMask(call, builder, scores, mask)
  if (call.integer('is_causal', 0) !== 1) return added
  const [rows = 1, columns = 1] = scores.shape.slice(-2)
  const future = Float32Array.from({ length: rows * columns }, (_, index) =>
    index % columns > Math.floor(index / columns) ? forbidden : 0,
  )
  return builder.emit(call, 'Add', [added], {
    slots: { constant: { value: constant('float32', [rows, columns], future), trainable: false } },
    suffix: '.causal',
  })
}

/** Small enough that nothing of it is left after a softmax. */
const forbidden = -1e9

function addMask(call: NodeCall, builder: GraphBuilder, scores: LayerValue, mask: GraphValue): LayerValue {
  if (mask.kind === 'layer') return builder.emit(call, 'Add', [scores, mask], { suffix: '.masked' })
  const values =
    mask.type === 'bool' ? Float32Array.from(mask.read(), (flag) => (flag === 0 ? forbidden : 0)) : mask.read()
  if (values.every((value) => value === 0)) return scores
  return builder.emit(call, 'Add', [scores], {
    slots: { constant: { value: constant('float32', mask.shape, values), trainable: false } },
    suffix: '.masked',
  })
}
