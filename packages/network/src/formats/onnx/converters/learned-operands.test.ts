import { describe, expect, it } from 'vitest'
import { countParameters } from '../../../count-parameters.js'
import type { Layer, Network } from '../../../network.js'
import { freeze } from '../../../surgery/freeze.js'
import { reinitialize } from '../../../surgery/reinitialize.js'
import { float32Tensor, type OnnxTensor } from '../onnx-tensor.js'
import type { OnnxModelNode } from '../onnx-model.js'
import { networkOfOnnx } from '../network-of-onnx.js'
import { int, ints, modelOf, nodeOf } from '../testing.js'

/** Different numbers, so that nothing looks like a mask. */
const tensor = (name: string, ...shape: number[]): OnnxTensor =>
  float32Tensor(
    name,
    shape,
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, index) => 1 + index / 10),
  )
const number = (name: string, value: number): OnnxTensor => float32Tensor(name, [], Float32Array.of(value))

/** `input` [N, 2, 4, 4] through a convolution to a sequence `r` [N, 16, 3], what the test is about, and its mean. */
function networkWith(nodes: readonly OnnxModelNode[], constants: readonly OnnxTensor[]): Network {
  const model = modelOf(
    [
      nodeOf('Conv', ['input', 'conv.weight'], ['c']),
      nodeOf('Flatten', ['c'], ['f']),
      nodeOf('Unsqueeze', ['f'], ['u'], { axes: ints(1) }),
      nodeOf('Reshape', ['u'], ['r'], { shape: ints(0, 16, 3) }),
      ...nodes,
      nodeOf('ReduceMean', ['last'], ['output'], { axes: ints(1), keepdims: int(0) }),
    ],
    [tensor('conv.weight', 3, 2, 1, 1), ...constants],
    {},
    12,
  )
  return networkOfOnnx(model, 'test', 'test.onnx').network
}

const layerOf = (network: Network, operator: string): Layer =>
  network.layers.find((layer) => layer.operator === operator) as Layer

/** Slot and whether it trains, of the layer with this operator. */
function slotOf(network: Network, operator: string): string {
  const [slot = '', key = ''] = Object.entries(layerOf(network, operator).parameters)[0] ?? []
  return `${slot}${network.parameters[key]?.trainable ? ', trains' : ''}`
}

describe('constants that are added or multiplied in an ONNX file', () => {
  it.each([
    ['Add', 'a bias under a name of its own', tensor('block.bias', 3), 'operand, trains'],
    ['Add', 'a bias under a number', tensor('42', 3), 'operand, trains'],
    ['Mul', 'a scale per feature', tensor('block.gamma', 3), 'operand, trains'],
    ['Mul', 'a scale with axes of size 1', tensor('block.layer_scale', 1, 1, 3), 'operand, trains'],
    ['Add', 'positions', tensor('pos_embed', 1, 16, 3), 'operand, trains'],
    ['Add', 'a table that the exporter worked out', tensor('onnx::Add_77', 1, 16, 3), 'constant'],
    [
      'Add',
      'a mask',
      float32Tensor(
        'attn_mask',
        [16, 3],
        Float32Array.from({ length: 48 }, (_, index) => (index % 5 === 0 ? -100 : 0)),
      ),
      'constant',
    ],
    ['Mul', 'the table of a rotary embedding', tensor('rope.pos_embed', 1, 16, 3), 'constant'],
    ['Add', 'a number', number('shift', 0.5), 'constant'],
    ['Mul', 'a number in a list', tensor('scale', 1), 'constant'],
    ['Mul', "a number under a parameter's name (model files 5)", tensor('stem.lab.scale', 1), 'operand, trains'],
    ['Add', "a number under a parameter's name (model files 5)", number('stages.0.act.bias', 0.5), 'operand, trains'],
    ['Mul', 'a number under the name of a step', number('mul.scalar', 0.5), 'constant'],
    ['Sub', 'a list that is subtracted', tensor('mean', 3), 'constant'],
    ['Div', 'a list that is divided by', tensor('deviation', 3), 'constant'],
  ])('%s: %s', (operator, _, constant, expected) => {
    expect(slotOf(networkWith([nodeOf(operator, ['r', constant.name], ['last'])], [constant]), operator)).toBe(expected)
  })

  it('takes what comes before the first weight as preprocessing', () => {
    const model = modelOf(
      [nodeOf('Mul', ['input', 'scale'], ['a']), nodeOf('Conv', ['a', 'conv.weight'], ['output'])],
      [tensor('scale', 2, 1, 1), tensor('conv.weight', 3, 2, 1, 1)],
    )
    expect(slotOf(networkOfOnnx(model, 'test', 'test.onnx').network, 'Mul')).toBe('constant')
  })

  it('counts, freezes and unfreezes what was learned, and only that', () => {
    const network = networkWith(
      [
        nodeOf('Add', ['r', 'pos'], ['p']),
        nodeOf('Mul', ['p', 'gamma'], ['m']),
        nodeOf('Div', ['m', 'deviation'], ['last']),
      ],
      [tensor('pos', 1, 16, 3), tensor('gamma', 3), tensor('deviation', 3)],
    )
    expect(countParameters(network)).toEqual({ total: 6 + 48 + 3, trainable: 6 + 48 + 3 })
    const frozen = freeze(network, { frozen: true })
    expect(countParameters(frozen).trainable).toBe(0)
    expect(freeze(frozen, { frozen: false }).parameters).toEqual(network.parameters)
  })

  it('starts biases at 0, scales at 1 and positions at small random numbers when reinitialised; constants stay', () => {
    const network = networkWith(
      [
        nodeOf('Add', ['r', 'pos'], ['p']),
        nodeOf('Mul', ['p', 'gamma'], ['m']),
        nodeOf('Div', ['m', 'deviation'], ['d']),
        nodeOf('Max', ['d', 'floor'], ['x']),
        nodeOf('Add', ['x', 'bias'], ['last']),
      ],
      [tensor('pos', 1, 16, 3), tensor('gamma', 3), tensor('deviation', 3), tensor('floor', 3), tensor('bias', 3)],
    )
    const { parameters } = reinitialize(network, { seed: 1 })
    const sourceOf = (key: string): unknown => parameters[key]?.source
    expect(sourceOf('pos')).toMatchObject({ initializer: { name: 'truncatedNormal', deviation: 0.02 } })
    expect(sourceOf('gamma')).toMatchObject({ initializer: { name: 'ones' } })
    expect(sourceOf('bias')).toMatchObject({ initializer: { name: 'zeros' } })
    expect([parameters['deviation'], parameters['floor']]).toEqual([
      network.parameters['deviation'],
      network.parameters['floor'],
    ])
  })
})
