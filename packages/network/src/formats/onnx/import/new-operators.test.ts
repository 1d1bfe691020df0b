import { describe, expect, it } from 'vitest'
import type { OnnxModelNode } from '../onnx-model.js'
import { float32Tensor, type OnnxTensor, tensorOf } from '../onnx-tensor.js'
import { int, ints, modelOf, nodeOf } from '../testing.js'
import { expectSameResults, int64, seed, weight } from '../testing/results.js'

const float = (value: number) => ({ kind: 'float', value }) as const
const sequence = nodeOf('Reshape', ['input', 'sequence'], ['s'])
const constants = [int64('sequence', 0, 8, 4)]

/** A sequence `[N, 8, 4]` of the input through nodes of operator set 23. */
const same = (nodes: readonly OnnxModelNode[], more: readonly OnnxTensor[]) =>
  expectSameResults(modelOf([sequence, ...nodes], [...constants, ...more], {}, 23), { shape: [3, 2, 4, 4] })

describe(`operators of newer operator sets (model files 13; seed ${seed})`, () => {
  it('Attention on sequences, with heads, is written out, and its projections are learned', async () => {
    const nodes = [
      ...['q', 'k', 'v'].map((name) => nodeOf('MatMul', ['s', `${name}.weight`], [name])),
      nodeOf('Attention', ['q', 'k', 'v'], ['output'], { q_num_heads: int(2), kv_num_heads: int(2) }),
    ]
    const { network } = await same(nodes, [
      weight('q.weight', 4, 6),
      weight('k.weight', 4, 6),
      weight('v.weight', 4, 6),
    ])
    expect(network.layers.filter(({ operator }) => operator === 'MatMul')).toHaveLength(5)
    expect(Object.keys(network.parameters)).toEqual(expect.arrayContaining(['q.weight', 'k.weight', 'v.weight']))
  })

  it.each<readonly [string, OnnxTensor]>([
    [
      'numbers',
      float32Tensor(
        'mask',
        [8, 8],
        Float32Array.from({ length: 64 }, (_, index) => (index % 3) - 1),
      ),
    ],
    [
      'flags',
      tensorOf(
        'mask',
        'bool',
        [8, 8],
        Array.from({ length: 64 }, (_, index) => (index % 8 > 4 ? 0 : 1)),
      ),
    ],
  ])('Attention on heads apart, with a scale and a mask of %s', async (_, mask) => {
    const nodes = [
      nodeOf('Reshape', ['s', 'heads'], ['h']),
      nodeOf('Transpose', ['h'], ['t'], { perm: ints(0, 2, 1, 3) }),
      nodeOf('Attention', ['t', 't', 't', 'mask'], ['output'], { scale: float(0.25) }),
    ]
    await same(nodes, [int64('heads', 0, 8, 2, 2), mask])
  })

  it('Attention in the order of tokens', async () => {
    const heads = { q_num_heads: int(2), kv_num_heads: int(2), is_causal: int(1) }
    await same([nodeOf('Attention', ['s', 's', 's'], ['output'], heads)], [])
  })

  it('RMSNormalization learns its scale', async () => {
    const nodes = [
      nodeOf('MatMul', ['s', 'fc.weight'], ['m']),
      nodeOf('RMSNormalization', ['m', 'norm.weight'], ['output'], { epsilon: float(0.01) }),
    ]
    const { network } = await same(nodes, [weight('fc.weight', 4, 4), weight('norm.weight', 4)])
    expect(network.parameters['norm.weight']?.trainable).toBe(true)
  })
})

describe(`picking by the numbers of several axes (model files 14; seed ${seed})`, () => {
  it('GatherND of a computed value is an order of its entries, the same for all images', async () => {
    const nodes = [
      nodeOf('Transpose', ['s'], ['t'], { perm: ints(1, 2, 0) }),
      nodeOf('GatherND', ['t', 'places'], ['g']),
      nodeOf('Transpose', ['g'], ['output'], { perm: ints(1, 0) }),
    ]
    await same(nodes, [{ ...int64('places', 0, 3, 7, 1, 2, 2, 7, 0, 1, 1), shape: [5, 2] }])
  })

  it('GatherND of a table that is computed from weights learns the weights', async () => {
    const nodes = [
      nodeOf('MatMul', ['s', 'fc.weight'], ['m']),
      nodeOf('Sigmoid', ['pos.table'], ['b']),
      nodeOf('GatherND', ['b', 'places'], ['g']),
      nodeOf('Add', ['m', 'g'], ['output']),
    ]
    const places = { ...int64('places', 0, 1, 2, 0, 1, 2, 0, 1), shape: [8, 1] }
    const { network } = await same(nodes, [weight('fc.weight', 4, 4), weight('pos.table', 3, 4), places])
    expect(network.parameters['pos.table']?.trainable).toBe(true)
  })
})
