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

/** One value and a number, `x + 3` or `3 - x`. */
function withNumber(call: LayerCall, operator: string, name: string): Value {
  const { builder, formula } = call
  return builder.add({
    name,
    operator,
    inputs: [singleInput(call)],
    attributes: formula?.numberFirst === true ? { reversed: 1 } : {},
    parameters: { constant: { shape: [1], data: Float32Array.of(formula?.number ?? 0) } },
  })
}

/** Two by two; the last result has the layer's name. */
function chain(call: LayerCall, operator: string, name: string): Value {
  if (call.inputs.length === 1 && call.formula) return withNumber(call, operator, name)
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

const elementwise = (className: string, operator: string, ...others: readonly string[]): LayerConverter => ({
  classNames: [className, ...others],
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

/** Functions of TensorFlow in formulas that Keras 2 writes as layers, by the end of their name. */
const functionsOfTensorFlow: Readonly<Record<string, string>> = {
  add: 'Add',
  AddV2: 'Add',
  Add: 'Add',
  subtract: 'Sub',
  sub: 'Sub',
  Sub: 'Sub',
  multiply: 'Mul',
  mul: 'Mul',
  Mul: 'Mul',
  truediv: 'Div',
  divide: 'Div',
  RealDiv: 'Div',
  maximum: 'Max',
  minimum: 'Min',
}

/** `x + 3` as TensorFlow 2's Keras writes it: TFOpLambda names a function, TensorFlowOpLayer (before 2.4) a node. */
const formulaOfKeras2: LayerConverter = {
  classNames: ['TFOpLambda', 'TensorFlowOpLayer'],
  convert: (call) => {
    const { function: called = '', node_def: node } = call.layer.config
    const name = z.looseObject({ op: z.string() }).safeParse(node).data?.op ?? String(called)
    const operator = functionsOfTensorFlow[name.split('.').at(-1) ?? '']
    if (operator === undefined)
      throw unsupported(
        call,
        `computes ${name}; ${Object.keys(functionsOfTensorFlow).join(', ')} are supported`,
        'Use a layer of Keras for it',
      )
    return chain(call, operator, call.layer.name)
  },
}

export const mergingConverters: readonly LayerConverter[] = [
  elementwise('Add', 'Add'),
  elementwise('Multiply', 'Mul'),
  elementwise('Subtract', 'Sub'),
  elementwise('Maximum', 'Max'),
  elementwise('Minimum', 'Min'),
  elementwise('Divide', 'Div', 'TrueDivide'),
  formulaOfKeras2,
  average,
  concatenate,
]
