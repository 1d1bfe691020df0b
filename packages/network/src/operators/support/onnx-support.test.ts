import { describe, expect, it } from 'vitest'
import type { OnnxCall } from '../../operator.js'
import { findOperator, operators } from '../index.js'
import { onnxNodes } from './onnx-support.js'

/** A layer of one operator, with these parameters. */
const call = (operator: string, slots: readonly string[]): OnnxCall => ({
  layer: { name: 'layer', operator, inputs: ['input'], parameters: {}, attributes: {} },
  attributes: findOperator(operator).attributes as OnnxCall['attributes'],
  inputs: ['input'],
  parameters: Object.fromEntries(slots.map((slot) => [slot, `layer.${slot}`])),
  output: 'layer',
  inputShapes: [[1, 2, 3, 3]],
  outputShape: [1, 2, 3, 3],
  integers: (name) => name,
  floats: (name) => name,
})

const required = (slots: (typeof operators)[number]['parameters']): readonly string[] =>
  Object.keys(slots).filter((slot) => !slots[slot]?.optional)

describe('onnxNodes', () => {
  it('leaves optional parameters out', () => {
    expect(onnxNodes(findOperator('Conv'), call('Conv', ['weight']))[0]?.inputs).toEqual(['input', 'layer.weight'])
    expect(onnxNodes(findOperator('LayerNormalization'), call('LayerNormalization', ['scale']))[0]?.inputs).toEqual([
      'input',
      'layer.scale',
    ])
  })

  it.each(
    operators.flatMap(({ name, parameters }) => required(parameters).map((slot) => [name, slot, parameters] as const)),
  )('refuses to write %s without its %s instead of naming no input', (name, missing, parameters) => {
    const given = Object.keys(parameters).filter((slot) => slot !== missing)
    const attributes = name === 'GroupNormalization' ? { num_groups: 2, epsilon: 1e-5 } : undefined
    const made = call(name, given)
    expect(() => onnxNodes(findOperator(name), attributes ? { ...made, attributes } : made)).toThrow(
      new RegExp(`'${missing}' of layer 'layer' is missing`),
    )
  })
})
