import { describe, expect, it } from 'vitest'
import { conformanceCase, layer } from '../../conformance/conformance-case.js'
import { poolBeforeRectifying } from './pool-first.js'

const operators = (network: ReturnType<typeof poolBeforeRectifying>): readonly string[] =>
  network.layers.map(({ operator }) => operator)

describe('rectifiers before max poolings', () => {
  const pooling = { attributes: { kernel_shape: [2, 2], strides: [2, 2] } }

  it('come after the pooling, under names that leave the rest of the network as it was', () => {
    const { network } = conformanceCase('MaxPool', 'moved', [
      layer('Relu', { name: 'rectified' }),
      layer('MaxPool', { name: 'pooled', ...pooling }),
      layer('Sigmoid', { name: 'last', inputs: ['pooled'] }),
    ])
    const moved = poolBeforeRectifying(network)
    expect(moved.layers.map(({ name, operator, inputs }) => [name, operator, ...inputs])).toEqual([
      ['rectified', 'MaxPool', 'input'],
      ['pooled', 'Relu', 'rectified'],
      ['last', 'Sigmoid', 'pooled'],
    ])
    expect(moved.layers[0]?.attributes).toEqual(network.layers[1]?.attributes)
  })

  it('stay when something else reads the rectified value too', () => {
    const { network } = conformanceCase('MaxPool', 'read twice', [
      layer('Relu', { name: 'rectified' }),
      layer('MaxPool', { name: 'pooled', inputs: ['rectified'], attributes: { kernel_shape: [1, 1] } }),
      layer('Add', { inputs: ['pooled', 'rectified'] }),
    ])
    expect(operators(poolBeforeRectifying(network))).toEqual(['Relu', 'MaxPool', 'Add'])
  })

  it('stay before other poolings, with which they do not change places', () => {
    const { network } = conformanceCase('AveragePool', 'average', [layer('Relu'), layer('AveragePool', pooling)])
    expect(operators(poolBeforeRectifying(network))).toEqual(['Relu', 'AveragePool'])
  })
})
