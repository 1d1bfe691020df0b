import { describe, expect, it } from 'vitest'
import type { LoadedNetwork } from '../../format.js'
import { float32Tensor, type OnnxTensor } from '../onnx-tensor.js'
import { int, ints, modelOf, nodeOf } from '../testing.js'
import { expectSameResults, int64, seed, weight } from '../testing/results.js'

const floats = (name: string, shape: readonly number[], ...list: number[]): OnnxTensor =>
  float32Tensor(name, shape, Float32Array.from(list))
const number = (name: string, value: number): OnnxTensor => float32Tensor(name, [], Float32Array.of(value))
const learned = ({ network }: LoadedNetwork): string[] =>
  Object.entries(network.parameters).flatMap(([key, { trainable }]) => (trainable ? [key] : []))
const operators = ({ network }: LoadedNetwork): string[] => network.layers.map(({ operator }) => operator)

const conv = nodeOf('Conv', ['input', 'conv.weight'], ['c'])
const convWeight = weight('conv.weight', 4, 2, 1, 1)

describe(`weights that a file computes with before it uses them (model files 5; seed ${seed})`, () => {
  it("a bias that a small network computes of coordinates is learned as that network's weights, the coordinates are not", async () => {
    const nodes = [
      conv,
      nodeOf('Transpose', ['mlp.0.weight'], ['t0'], { perm: ints(1, 0) }),
      nodeOf('MatMul', ['attn.relative_coords_table', 't0'], ['h']),
      nodeOf('Add', ['h', 'mlp.0.bias'], ['b']),
      nodeOf('Relu', ['b'], ['r']),
      nodeOf('Transpose', ['mlp.2.weight'], ['t2'], { perm: ints(1, 0) }),
      nodeOf('MatMul', ['r', 't2'], ['table']),
      nodeOf('Reshape', ['table', 'rows'], ['flat']),
      nodeOf('Gather', ['flat', 'distances'], ['picked'], { axis: int(0) }),
      nodeOf('Reshape', ['picked', 'square'], ['looked']),
      nodeOf('Transpose', ['looked'], ['heads'], { perm: ints(2, 0, 1) }),
      nodeOf('Unsqueeze', ['heads', 'zero'], ['one']),
      nodeOf('Sigmoid', ['one'], ['s']),
      nodeOf('Mul', ['s', 'sixteen'], ['bias']),
      nodeOf('Add', ['c', 'bias'], ['output']),
    ]
    const loaded = await expectSameResults(
      modelOf(nodes, [
        convWeight,
        weight('attn.relative_coords_table', 1, 7, 1, 2),
        weight('mlp.0.weight', 5, 2),
        weight('mlp.0.bias', 5),
        weight('mlp.2.weight', 4, 5),
        int64('rows', -1, 4),
        int64('distances', ...Array.from({ length: 16 }, (_, index) => 3 + (index % 4) - Math.floor(index / 4))),
        int64('square', 4, 4, -1),
        int64('zero', 0),
        number('sixteen', 16),
      ]),
    )
    expect(learned(loaded).sort()).toEqual(
      // A matrix that is turned has the layer's name; it is the same numbers.
      ['conv.weight', 'matmul.weight', 'mlp.0.bias', 'matmul_2.weight'].sort(),
    )
    expect(loaded.network.parameters['attn.relative_coords_table']?.trainable).toBe(false)
  })

  it('a scale that is the exponential of a bounded number is learned as that number', async () => {
    const nodes = [
      conv,
      nodeOf('Clip', ['attn.logit_scale', '', 'most'], ['clipped']),
      nodeOf('Exp', ['clipped'], ['scale']),
      nodeOf('Mul', ['c', 'scale'], ['output']),
    ]
    const loaded = await expectSameResults(
      modelOf(nodes, [convWeight, weight('attn.logit_scale', 4, 1, 1), number('most', 4.6)]),
    )
    expect(learned(loaded)).toEqual(['conv.weight', 'attn.logit_scale'])
    expect(operators(loaded)).toEqual(['Conv', 'ParameterValue', 'Clip', 'Exp', 'Mul'])
  })

  it("a bias joined of two learned lists and the zeros between them learns the lists, not BEiT's zeros", async () => {
    const nodes = [
      conv,
      nodeOf('Reshape', ['c', 'sequence'], ['s']),
      nodeOf('MatMul', ['s', 'fc.weight'], ['m']),
      nodeOf('Concat', ['attn.q_bias', 'attn.k_bias', 'attn.v_bias'], ['bias'], { axis: int(0) }),
      nodeOf('Add', ['bias', 'm'], ['output']),
    ]
    const loaded = await expectSameResults(
      modelOf(nodes, [
        convWeight,
        int64('sequence', 0, 16, 4),
        weight('fc.weight', 4, 6),
        weight('attn.q_bias', 2),
        floats('attn.k_bias', [2], 0, 0),
        weight('attn.v_bias', 2),
      ]),
    )
    expect(learned(loaded)).toEqual(['conv.weight', 'fc.weight', 'attn.q_bias', 'attn.v_bias'])
  })

  it('a bias with zeros written over a part of it is learned, as the bias that it was', async () => {
    const nodes = [
      conv,
      nodeOf('ScatterND', ['qkv.bias', 'places', 'nothing'], ['bias']),
      nodeOf('Reshape', ['bias', 'shape'], ['b']),
      nodeOf('Add', ['c', 'b'], ['output']),
    ]
    const places = { ...int64('places', 1, 2), shape: [2, 1] }
    const loaded = await expectSameResults(
      modelOf(nodes, [
        convWeight,
        weight('qkv.bias', 4),
        places,
        floats('nothing', [2], 0, 0),
        int64('shape', 1, 4, 1, 1),
      ]),
    )
    expect(learned(loaded)).toEqual(['conv.weight', 'qkv.bias'])
  })

  it('a learned query that is projected before it meets the image is learned, and so is its projection', async () => {
    const nodes = [
      nodeOf('Reshape', ['input', 'sequence'], ['s']),
      nodeOf('MatMul', ['s', 'k.weight'], ['k']),
      nodeOf('MatMul', ['pool.latent', 'q.weight'], ['p']),
      nodeOf('Add', ['p', 'q.bias'], ['q']),
      nodeOf('Expand', ['q', 'three'], ['expanded']),
      nodeOf('Transpose', ['k'], ['turned'], { perm: ints(0, 2, 1) }),
      nodeOf('MatMul', ['expanded', 'turned'], ['output']),
    ]
    const loaded = await expectSameResults(
      modelOf(nodes, [
        int64('sequence', 0, 8, 4),
        weight('k.weight', 4, 4),
        weight('pool.latent', 1, 1, 4),
        weight('q.weight', 4, 4),
        weight('q.bias', 4),
        int64('three', 1, 1, 1),
      ]),
    )
    expect(learned(loaded).sort()).toEqual(['k.weight', 'pool.latent', 'q.bias', 'q.weight'])
  })

  it.each([true, false])(
    'kernels that are standardised are learned as they are before (with a gain: %s)',
    async (gain) => {
      const nodes = [
        nodeOf('Reshape', ['conv.weight', 'rows'], ['w']),
        ...(gain ? [nodeOf('Mul', ['conv.gain', 'number'], ['g']), nodeOf('Reshape', ['g', 'list'], ['scale'])] : []),
        nodeOf('Transpose', ['w'], ['t'], { perm: ints(0, 2, 1) }),
        nodeOf('ReduceMean', ['t'], ['mean'], { axes: ints(0, 1), keepdims: int(0) }),
        nodeOf('ReduceMean', ['t'], ['middle'], { axes: ints(0, 1), keepdims: int(1) }),
        nodeOf('Sub', ['t', 'middle'], ['d']),
        nodeOf('Mul', ['d', 'd'], ['e']),
        nodeOf('ReduceMean', ['e'], ['variance'], { axes: ints(0, 1), keepdims: int(0) }),
        nodeOf('BatchNormalization', ['w', gain ? 'scale' : 'val_1', 'val_0', 'mean', 'variance'], ['n']),
        nodeOf('Reshape', ['n', 'kernels'], ['k']),
        nodeOf('Conv', ['input', 'k', 'conv.bias'], ['output'], { pads: ints(1, 1, 1, 1) }),
      ]
      const loaded = await expectSameResults(
        modelOf(nodes, [
          weight('conv.weight', 4, 2, 3, 3),
          weight('conv.bias', 4),
          int64('rows', 1, 4, -1),
          int64('kernels', 4, 2, 3, 3),
          int64('list', -1),
          weight('conv.gain', 4, 1, 1, 1),
          number('number', 0.25),
          floats('val_1', [4], 1, 1, 1, 1),
          floats('val_0', [4], 0, 0, 0, 0),
        ]),
      )
      expect(operators(loaded)).toEqual(['StandardisedConv'])
      expect(learned(loaded)).toEqual(['conv.weight', ...(gain ? ['conv.gain'] : []), 'conv.bias'])
    },
  )
})
