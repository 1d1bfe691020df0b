import type { Converter } from './converter.js'
import { broadcastShape, broadcastStrides, walk } from '../values/strided.js'
import type { GraphBuilder } from './graph-builder.js'
import { type Constant, constant, type GraphValue, type LayerValue } from '../values/graph-value.js'
import { elementCount } from '../onnx-tensor.js'
import { scatterND } from '../folds/fold-indexing.js'
import { FoldBudget, isBatchMultiple } from '../values/fold-support.js'
import { NodeCall } from '../values/node-call.js'

/** Choosing between values by a condition that is known when the file is read. */
export const choiceConverters: Readonly<Record<string, Converter>> = {
  // Exporters guard a softmax against rows that are masked as a whole. What is computed from images is a number.
  IsNaN: () => constant('bool', [], Float64Array.of(0)),
  Where: where,
  ScatterND: scatter,
}

function where(call: NodeCall, builder: GraphBuilder): GraphValue {
  const condition = call.required(0)
  const flags = condition.read()
  const [yes, no] = [call.inputs[1] ?? null, call.inputs[2] ?? null]
  if (yes === null || no === null)
    throw call.refuse('lacks one of its inputs', 'The file is damaged or was written wrongly; export the model again.')
  if (flags.every((flag) => flag === 0) && covers(no, condition, yes)) return no
  if (flags.every((flag) => flag !== 0) && covers(yes, condition, no)) return yes
  const chosen = part(call, builder, yes, condition, (flag) => flag !== 0, '.yes')
  const other = part(call, builder, no, condition, (flag) => flag === 0, '.no')
  if (chosen.kind === 'layer' && other.kind === 'layer') return builder.emit(call, 'Add', [chosen, other])
  const [value, added] = chosen.kind === 'layer' ? [chosen, other as Constant] : [other as LayerValue, chosen]
  return builder.emit(call, 'Add', [value], { slots: { constant: { value: added, trainable: false } } })
}

/** Known numbers written over some of a value's: the value without those places, and the numbers there. */
function scatter(call: NodeCall, builder: GraphBuilder): LayerValue {
  const [value, indices, updates] = [call.layer(0), call.required(1), call.required(2)]
  if (value.shape.some(isBatchMultiple))
    throw call.refuse('writes into computed values', 'Export the model with masks or joined parts instead.')
  const count = elementCount(value.shape)
  const written = (numbers: Float32Array, into: Constant): Constant =>
    scatterND(
      new NodeCall(call.node, [constant('float32', value.shape, numbers), indices, into], call.opset),
      new FoldBudget(count),
    )
  const nothing = constant('float32', updates.shape, new Float32Array(elementCount(updates.shape)))
  const kept = builder.emit(call, 'Mul', [value], {
    slots: { constant: { value: written(new Float32Array(count).fill(1), nothing), trainable: false } },
    suffix: '.kept',
  })
  const added = written(new Float32Array(count), updates)
  return builder.emit(call, 'Add', [kept], { slots: { constant: { value: added, trainable: false } } })
}

/** The value alone has the shape of the result. */
function covers(value: GraphValue, condition: Constant, other: GraphValue): boolean {
  const shape = broadcastShape(value.shape, condition.shape)
  return shape !== null && broadcastShape(shape, other.shape)?.join() === value.shape.join()
}

/** The value where it is chosen, 0 elsewhere. */
function part(
  call: NodeCall,
  builder: GraphBuilder,
  value: GraphValue,
  condition: Constant,
  chooses: (flag: number) => boolean,
  suffix: string,
): GraphValue {
  const flags = condition.read()
  if (value.kind === 'layer') {
    const mask = constant(
      'float32',
      condition.shape,
      Float32Array.from(flags, (flag) => Number(chooses(flag))),
    )
    return builder.emit(call, 'Mul', [value], { slots: { constant: { value: mask, trainable: false } }, suffix })
  }
  const shape = broadcastShape(value.shape, condition.shape)
  if (shape === null)
    throw call.refuse(
      "combines shapes that don't broadcast",
      'The file is damaged or was written wrongly; export the model again.',
    )
  const source = value.read()
  const result = new Float32Array(shape.reduce((product, size) => product * size, 1))
  walk(shape, broadcastStrides(value.shape, shape), 0, (offset, index) => {
    result[index] = source[offset] ?? 0
  })
  walk(shape, broadcastStrides(condition.shape, shape), 0, (offset, index) => {
    if (!chooses(flags[offset] ?? 0)) result[index] = 0
  })
  return constant('float32', shape, result)
}
