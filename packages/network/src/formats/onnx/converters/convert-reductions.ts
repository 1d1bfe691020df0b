import type { Converter } from './converter.js'
import { axisOf, isBatchMultiple } from '../values/fold-support.js'
import type { GraphBuilder } from './graph-builder.js'
import { constant, type LayerValue } from '../values/graph-value.js'
import type { NodeCall } from '../values/node-call.js'

/** Operators that take axes together; those that networks here don't have are written with those that they have. */
export const reductionConverters: Readonly<Record<string, Converter>> = {
  ReduceMean: (call, builder) => reduce(call, builder, 'ReduceMean', call.layer(0)),
  ReduceSum: (call, builder) => reduce(call, builder, 'ReduceSum', call.layer(0)),
  ReduceMax: (call, builder) => reduce(call, builder, 'ReduceMax', call.layer(0)),
  ReduceMin: (call, builder) => {
    const largest = reduce(
      call,
      builder,
      'ReduceMax',
      builder.emit(call, 'Neg', [call.layer(0)], { suffix: '.negative' }),
    )
    return builder.emit(call, 'Neg', [largest])
  },
  ReduceL1: (call, builder) =>
    reduce(call, builder, 'ReduceSum', builder.emit(call, 'Abs', [call.layer(0)], { suffix: '.absolute' })),
  ReduceSumSquare: (call, builder) => reduce(call, builder, 'ReduceSum', squared(call, builder)),
  ReduceL2: (call, builder) => {
    // So small that it changes no sum but 0, where the root has no gradient; PyTorch gives 0 there, as this does.
    const nothing = constant('float32', [], Float32Array.of(1e-38))
    const sum = builder.emit(call, 'Add', [reduce(call, builder, 'ReduceSum', squared(call, builder))], {
      slots: { constant: { value: nothing, trainable: false } },
      suffix: '.positive',
    })
    return builder.emit(call, 'Sqrt', [sum])
  },
}

function squared(call: NodeCall, builder: GraphBuilder): LayerValue {
  return builder.emit(call, 'Mul', [call.layer(0), call.layer(0)], { suffix: '.square' })
}

function reduce(call: NodeCall, builder: GraphBuilder, operator: string, input: LayerValue): LayerValue {
  const rank = input.shape.length
  const given = call.listOrInput('axes', 1)
  if ((given === null || given.length === 0) && call.integer('noop_with_empty_axes', 0) === 1) return input
  const axes = (given ?? input.shape.map((_, axis) => axis))
    .map((axis) => axisOf(call, axis, rank))
    .sort((a, b) => a - b)
  if (axes.some((axis) => isBatchMultiple(input.shape[axis] ?? 0)))
    throw call.refuse(
      'summarises over the images of a batch',
      'Results must not depend on how many images are run together.',
    )
  const keepdims = call.integer('keepdims', 1)
  const suffix = call.node.operator === operator ? '' : '.sum'
  const pools = rank === 4 && keepdims === 1 && axes.join() === '2,3'
  if (pools && operator === 'ReduceMean') return builder.emit(call, 'GlobalAveragePool', [input], { suffix })
  if (pools && operator === 'ReduceMax') return builder.emit(call, 'GlobalMaxPool', [input], { suffix })
  return builder.emit(call, operator, [input], { attributes: { axes, keepdims }, suffix })
}
