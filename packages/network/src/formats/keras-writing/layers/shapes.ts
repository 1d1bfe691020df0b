import type { KerasValue, OperatorWriter, WriteCall } from '../keras-model.js'
import { inputMap, toPlain } from '../layouts.js'

/** Keras's pooling gives `[N, channels]`; axes of size 1 are put back where the network has them. */
function pooled(call: WriteCall, className: string, input: KerasValue): KerasValue {
  const flat = call.add(className, { data_format: 'channels_last' }, [input])
  const value: KerasValue = { ...flat, layout: 'plain' }
  const [, ...target] = call.outputShape
  return target.length === 1 ? value : call.add('Reshape', { target_shape: target }, [value])
}

export const globalPooling: OperatorWriter = {
  operators: ['GlobalAveragePool', 'GlobalMaxPool'],
  write: (call) => {
    const className = call.layer.operator === 'GlobalMaxPool' ? 'GlobalMaxPooling2D' : 'GlobalAveragePooling2D'
    return pooled(call, className, inputMap(call))
  },
}

export const reductions: OperatorWriter = {
  operators: ['ReduceMean', 'ReduceMax'],
  write: (call) => {
    const rank = call.inputShapes[0]?.length ?? 0
    const axes = (call.attributes['axes'] as readonly number[])
      .map((axis) => (axis < 0 ? axis + rank : axis))
      .toSorted()
    const [input] = call.inputs
    // Of a map whose channels are last already, the same pooling is over the other axes.
    const wanted = input?.layout === 'last' ? '2,3' : '1,2'
    if (input === undefined || rank !== 4 || axes.join() !== wanted)
      return call.refuse('it reduces something else than height and width')
    return pooled(call, call.layer.operator === 'ReduceMax' ? 'GlobalMaxPooling2D' : 'GlobalAveragePooling2D', input)
  },
}

/** Numbers keep the network's order, so that maps put their channels in front first. */
export const reshaping: OperatorWriter = {
  operators: ['Flatten', 'Reshape', 'Squeeze', 'Unsqueeze'],
  write: (call) => {
    const [input] = call.inputs
    const [batch, ...target] = call.outputShape
    if (input === undefined || batch !== call.inputShapes[0]?.[0]) return call.refuse('it changes the batch axis')
    const plain = toPlain(call, input, call.inputShapes[0] ?? [])
    const isFlat = target.length === 1
    return isFlat
      ? call.add('Flatten', { data_format: 'channels_last' }, [plain])
      : call.add('Reshape', { target_shape: target }, [plain])
  },
}

/** Between channels first and last nothing moves: it is only another reading of what Keras has. */
export const transpose: OperatorWriter = {
  operators: ['Transpose'],
  write: (call) => {
    const [input] = call.inputs
    const order = call.attributes['perm'] as readonly number[]
    if (input === undefined || order[0] !== 0) return call.refuse('it moves the batch axis')
    if (input.layout === 'last' && order.join() === '0,2,3,1') return { ...input, layout: 'plain' }
    if (input.layout === 'plain' && order.join() === '0,3,1,2') return { ...input, layout: 'last' }
    return call.add('Permute', { dims: order.slice(1) }, [toPlain(call, input, call.inputShapes[0] ?? [])])
  },
}

export const pad: OperatorWriter = {
  operators: ['Pad'],
  write: (call) => {
    const pads = call.attributes['pads'] as readonly number[]
    const others = [0, 1, 4, 5].some((index) => pads[index] !== 0)
    if (
      call.inputs[0]?.layout !== 'last' ||
      others ||
      call.attributes['mode'] !== 'constant' ||
      call.attributes['value'] !== 0
    )
      return call.refuse('it pads with something else than zeros around a map')
    const padding = [
      [pads[2], pads[6]],
      [pads[3], pads[7]],
    ]
    return call.add('ZeroPadding2D', { padding, data_format: 'channels_last' }, call.inputs)
  },
}

export const dropout: OperatorWriter = {
  operators: ['Dropout'],
  write: (call) => call.add('Dropout', { rate: call.attributes['ratio'] }, call.inputs),
}
