import { describe, expect, it } from 'vitest'
import { conformanceCase, layer } from '../conformance/conformance-case.js'
import { sortParameters } from './trained-parameters.js'

describe('sortParameters', () => {
  const { network } = conformanceCase('MatMul', 'every role', [
    layer('Reshape', { attributes: { shape: [0, 3, 20] } }),
    layer('MatMul', { name: 'linear', parameters: { weight: [20, 4] } }),
    layer('Add', { name: 'bias', parameters: { operand: [4] } }),
    layer('ClassToken', { name: 'class', parameters: { token: [1, 1, 4] } }),
    layer('Add', { name: 'positions', parameters: { operand: [1, 4, 4] } }),
    layer('LayerNormalization', { name: 'norm', parameters: { scale: [4], shift: [4] } }),
    layer('Mul', { name: 'gain', parameters: { operand: [4] } }),
    layer('Div', { name: 'six', parameters: { constant: [] }, constant: ['constant'] }),
    layer('BatchNormalization', {
      name: 'batch',
      statistics: 'batch',
      parameters: { scale: [4], shift: [4], mean: [4], variance: [4] },
      constant: ['mean', 'variance'],
    }),
  ])
  const sorted = sortParameters(network)

  it('lets weight decay act on weights only: not on biases, scales, class tokens and positions', () => {
    expect([...sorted.decaying]).toEqual(['linear.weight'])
    expect(sorted.trainable).toEqual([
      'linear.weight',
      'bias.operand',
      'class.token',
      'positions.operand',
      'norm.scale',
      'norm.shift',
      'gain.operand',
      'batch.scale',
      'batch.shift',
    ])
  })

  it('sets running statistics apart', () => {
    expect([...sorted.running]).toEqual(['batch.mean', 'batch.variance'])
  })
})
