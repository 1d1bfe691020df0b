import type { TensorData } from '../../../network.js'
import type { KerasValue, OperatorWriter, WriteCall } from '../keras-model.js'
import { inOneLayout } from '../layouts.js'
import { affine } from './normalisation.js'

const merges: Readonly<Record<string, string>> = { Add: 'Add', Mul: 'Multiply', Max: 'Maximum', Min: 'Minimum' }

/** Functions of Keras 3 that stand among layers where there is no layer. */
const functions: Readonly<Record<string, string>> = { Div: 'keras.src.ops.numpy' }

export const binary: OperatorWriter = {
  operators: ['Add', 'Mul', 'Sub', 'Div', 'Max', 'Min'],
  write: (call) => {
    const [first, second] = call.inputs
    const operand = call.weight('operand') ?? call.weight('constant')
    if (first !== undefined && second === undefined && operand !== undefined) return withNumbers(call, first, operand)
    const { operator } = call.layer
    const module = call.dialect === 'keras3' ? functions[operator] : undefined
    const className = merges[operator] ?? (module !== undefined ? 'Divide' : undefined)
    const [one = [], other = []] = call.inputShapes
    if (className === undefined || one.length !== other.length) return call.refuse('its values have different axes')
    return call.add(className, {}, inOneLayout(call), {}, module)
  },
}

/** A number, or one per channel. */
function withNumbers(call: WriteCall, input: KerasValue, { shape, data }: TensorData): KerasValue {
  const given = call.inputShapes[0] ?? []
  const axis = input.layout === 'last' ? 1 : given.length - 1
  const channels = given[axis] ?? 1
  const place = shape.length - (given.length - axis)
  const perChannel = data.length === 1 || (data.length === channels && shape[place] === channels)
  if (!perChannel) return call.refuse('its numbers are not one per channel')
  const number = (channel: number): number => data[data.length === 1 ? 0 : channel] ?? 0
  const one = (): number => 1
  const zero = (): number => 0
  const reversed = call.attributes['reversed'] === 1
  if (call.layer.operator === 'Sub' && reversed) return affine(call, input, channels, () => -1, number)
  if (call.layer.operator === 'Div' && reversed) return call.refuse('Keras divides no number by a value')
  if (call.layer.operator === 'Mul') return affine(call, input, channels, number, zero)
  if (call.layer.operator === 'Div') return affine(call, input, channels, (channel) => 1 / number(channel), zero)
  if (call.layer.operator === 'Add') return affine(call, input, channels, one, number)
  if (call.layer.operator === 'Sub') return affine(call, input, channels, one, (channel) => -number(channel))
  return call.refuse('Keras compares with no constant')
}

export const concat: OperatorWriter = {
  operators: ['Concat'],
  write: (call) => {
    const axis = Number(call.attributes['axis'])
    const rank = call.outputShape.length
    const inputs = inOneLayout(call)
    const last = inputs[0]?.layout === 'last'
    const plain = axis < 0 ? axis + rank : axis
    return call.add('Concatenate', { axis: last ? ([0, 3, 1, 2][plain] ?? plain) : plain }, inputs)
  },
}
