import { FormatError } from '../../../weight-format.js'
import type { OnnxModelNode } from '../onnx-model.js'
import { withoutBatch } from '../folds/fold-shape.js'
import { type Constant, constant, type GraphValue, isFloat, type LayerValue } from '../values/graph-value.js'
import { isWeight } from '../values/learned.js'
import { NodeCall } from '../values/node-call.js'
import { reshape } from './emit-reshape.js'
import type { GraphBuilder } from './graph-builder.js'

/**
 * A constant that a file computes from weights, as layers that do so, with those weights as parameters; null for any other
 * constant, and where networks here can't compute it.
 * @param after the layer that they come after
 */
export function emitComputed(
  call: NodeCall,
  builder: GraphBuilder,
  value: Constant,
  after: LayerValue,
): LayerValue | null {
  if (value.computed === undefined) return null
  const known = new Map<OnnxModelNode, readonly GraphValue[]>()
  try {
    const layer = computed(builder, value, after, known)
    return layer.shape.join() === value.shape.join() ? layer : reshape(call, builder, layer, value.shape, '.computed')
  } catch (error) {
    // What was written so far leads nowhere, and falls away with all that the result doesn't need.
    if (error instanceof FormatError) return null
    throw error
  }
}

function computed(
  builder: GraphBuilder,
  value: Constant,
  after: LayerValue,
  known: Map<OnnxModelNode, readonly GraphValue[]>,
): LayerValue {
  if (value.computed === undefined) return parameterValue(new NodeCall(nodeFor(value), [], 0), builder, value, after)
  const { node, inputs, opset, output } = value.computed
  const call = new NodeCall(node, inputs, opset)
  const results = known.get(node) ?? repeated(builder, call, after, known)
  known.set(node, results)
  const result = results[output]
  if (result?.kind === 'layer') return result
  throw call.refuse('gives nothing that depends on weights', 'Simplify the model (for example with onnxsim).')
}

/** A node on constants once more, on layers. */
function repeated(
  builder: GraphBuilder,
  call: NodeCall,
  after: LayerValue,
  known: Map<OnnxModelNode, readonly GraphValue[]>,
): readonly GraphValue[] {
  const inputs = call.inputs.map((input) =>
    input?.kind === 'constant' && input.computed !== undefined ? computed(builder, input, after, known) : input,
  )
  const shapes = ['Reshape', 'Expand', 'Tile'].includes(call.node.operator)
  const joins = call.node.operator === 'Concat'
  const needsLayer = !inputs.some((input) => input?.kind === 'layer')
  const ready = inputs.map((input, index) =>
    input?.kind === 'constant' && isFloat(input.type) && (joins || (needsLayer && index === 0))
      ? parameterValue(new NodeCall(nodeFor(input), [], call.opset), builder, input, after)
      : shapes && index === 1 && input?.kind === 'constant'
        ? constant('int64', input.shape, Float64Array.from(withoutBatch([...input.read()])))
        : input,
  )
  const converter = builder.converterOf(call.node.operator)
  if (converter === undefined)
    throw call.refuse('uses an operator that is not supported', 'Simplify the model (for example with onnxsim).')
  return [converter(new NodeCall(call.node, ready, call.opset), builder)].flat()
}

const nodeFor = (value: Constant): OnnxModelNode => ({
  name: (value.origin ?? 'constant').replaceAll('.', '/'),
  operator: 'ParameterValue',
  domain: '',
  inputs: [],
  outputs: [],
  attributes: {},
})

function parameterValue(call: NodeCall, builder: GraphBuilder, raw: Constant, after: LayerValue): LayerValue {
  const value = builder.named(raw)
  const learned = isWeight(raw) || isWeight(value)
  return builder.emit(call, 'ParameterValue', [after], {
    slots: { [learned ? 'value' : 'constant']: { value, trainable: learned } },
    suffix: '.value',
  })
}
