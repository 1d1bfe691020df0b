import { z } from 'zod'
import type { Value } from '../graph-builder.js'
import {
  type LayerCall,
  type LayerConverter,
  configField,
  singleInput,
  toOwnAxis,
  unsupported,
} from './layer-converter.js'

function mergeInputs(call: LayerCall): readonly Value[] {
  if (call.inputs.length < 2)
    throw unsupported(call, `merges ${call.inputs.length} value; at least two are expected`, 'Check the model')
  const values = call.inputs.map((value) => call.builder.inKerasOrder(value))
  const ranks = new Set(values.map((value) => call.builder.shapeOf(value).length))
  if (ranks.size > 1)
    throw unsupported(
      call,
      `merges values with ${[...ranks].join(' and ')} axes; equal numbers are expected`,
      'Reshape them first',
    )
  return values
}

/** One value and numbers, `x + 3`; the last result has the layer's name. */
function withNumbers(call: LayerCall, operator: string, name: string): Value {
  return call.numbers.reduce<Value>(
    (value, number, index) =>
      call.builder.add({
        name: index === call.numbers.length - 1 ? name : `${name}.${index + 1}`,
        operator,
        inputs: [value],
        parameters: { constant: { shape: [1], data: Float32Array.of(number) } },
      }),
    singleInput(call),
  )
}

/** Two by two; the last result has the layer's name. */
function chain(call: LayerCall, operator: string, name: string): Value {
  if (call.inputs.length === 1 && call.numbers.length > 0) return withNumbers(call, operator, name)
  const [first, ...others] = mergeInputs(call)
  return others.reduce(
    (sum, value, index) =>
      call.builder.add({
        name: index === others.length - 1 ? name : `${name}.${index + 1}`,
        operator,
        inputs: [sum, value],
      }),
    first as Value,
  )
}

const elementwise = (className: string, operator: string): LayerConverter => ({
  classNames: [className],
  convert: (call) => chain(call, operator, call.layer.name),
})

const average: LayerConverter = {
  classNames: ['Average'],
  convert: (call) => {
    const sum = chain(call, 'Add', `${call.layer.name}.sum`)
    const share = { shape: [1], data: Float32Array.of(1 / call.inputs.length), trainable: false }
    return call.builder.add({ name: call.layer.name, operator: 'Mul', inputs: [sum], parameters: { constant: share } })
  },
}

const concatenate: LayerConverter = {
  classNames: ['Concatenate'],
  convert: (call) => {
    const inputs = mergeInputs(call)
    const rank = call.builder.shapeOf(inputs[0] as Value).length
    return call.builder.add({
      name: call.layer.name,
      operator: 'Concat',
      inputs,
      attributes: { axis: toOwnAxis(call, configField(call, 'axis', z.number().int().default(-1)), rank) },
    })
  },
}

export const mergingConverters: readonly LayerConverter[] = [
  elementwise('Add', 'Add'),
  elementwise('Multiply', 'Mul'),
  elementwise('Subtract', 'Sub'),
  elementwise('Maximum', 'Max'),
  elementwise('Minimum', 'Min'),
  average,
  concatenate,
]
