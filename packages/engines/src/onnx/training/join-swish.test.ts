import { describe, expect, it } from 'vitest'
import { conformanceCase, layer } from '../../conformance/conformance-case.js'
import type { LayerSketch } from '../../conformance/conformance-case.js'
import { joinSwish } from './join-swish.js'

const layersOf = (...sketches: LayerSketch[]): readonly (readonly string[])[] =>
  joinSwish(conformanceCase('Swish', 'joined', sketches).network).layers.map(({ name, operator, inputs }) => [
    name,
    operator,
    ...inputs,
  ])

describe('a Sigmoid and the product with its own input', () => {
  it.each([
    ['gate', 'before'],
    ['before', 'gate'],
  ])('become one Swish under the name of the product (%s first)', (...inputs) => {
    expect(
      layersOf(
        layer('Tanh', { name: 'before' }),
        layer('Sigmoid', { name: 'gate' }),
        layer('Mul', { name: 'gated', inputs }),
        layer('Relu', { name: 'after' }),
      ),
    ).toEqual([
      ['before', 'Tanh', 'input'],
      ['gated', 'Swish', 'before'],
      ['after', 'Relu', 'gated'],
    ])
  })

  it('stay where something else reads the Sigmoid', () => {
    const operators = layersOf(
      layer('Sigmoid', { name: 'gate' }),
      layer('Mul', { name: 'gated', inputs: ['input', 'gate'] }),
      layer('Add', { inputs: ['gated', 'gate'] }),
    ).map(([, operator]) => operator)
    expect(operators).toEqual(['Sigmoid', 'Mul', 'Add'])
  })

  it('stay where the Sigmoid gates another value, as in squeeze and excitation', () => {
    const operators = layersOf(
      layer('GlobalAveragePool', { name: 'squeezed' }),
      layer('Sigmoid', { name: 'gate' }),
      layer('Mul', { inputs: ['input', 'gate'] }),
    ).map(([, operator]) => operator)
    expect(operators).toEqual(['GlobalAveragePool', 'Sigmoid', 'Mul'])
  })

  it('stay where the product has a constant operand', () => {
    const operators = layersOf(
      layer('Sigmoid', { name: 'gate' }),
      layer('Mul', { attributes: { reversed: 0 }, parameters: { operand: [3, 1, 1] } }),
    ).map(([, operator]) => operator)
    expect(operators).toEqual(['Sigmoid', 'Mul'])
  })
})
