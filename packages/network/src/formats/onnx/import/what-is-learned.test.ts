import { describe, expect, it } from 'vitest'
import { float32Tensor, type OnnxTensor } from '../onnx-tensor.js'
import { int, ints, modelOf, nodeOf } from '../testing.js'
import { expectSameResults, int64, seed, weight } from '../testing/results.js'

const floats = (name: string, shape: readonly number[], ...list: number[]): OnnxTensor =>
  float32Tensor(name, shape, Float32Array.from(list))

describe(`what is learned, and how (model files 5 to 7; seed ${seed})`, () => {
  const conv = nodeOf('Conv', ['input', 'conv.weight'], ['c'])
  const convWeight = weight('conv.weight', 4, 2, 1, 1)
  const trainableOf = (loaded: Awaited<ReturnType<typeof expectSameResults>>): string[] =>
    Object.entries(loaded.network.parameters).flatMap(([key, { trainable }]) => (trainable ? [key] : []))
  const ones = (name: string, count: number): OnnxTensor => floats(name, [count], ...Array<number>(count).fill(1))
  const zeros = (name: string, count: number): OnnxTensor => floats(name, [count], ...Array<number>(count).fill(0))

  it('a GroupNorm that is written as an instance normalisation of groups learns its own scale and shift', async () => {
    const nodes = [
      conv,
      nodeOf('Reshape', ['c', 'groups'], ['g']),
      nodeOf('InstanceNormalization', ['g', 'val_1', 'val_2'], ['n']),
      nodeOf('Reshape', ['n', 'map'], ['m']),
      nodeOf('Mul', ['m', 'gn.weight'], ['s']),
      nodeOf('Add', ['s', 'gn.bias'], ['output']),
    ]
    const constants = [
      convWeight,
      int64('groups', 0, 2, -1),
      int64('map', 0, 4, 4, 4),
      ones('val_1', 2),
      zeros('val_2', 2),
      weight('gn.weight', 4, 1, 1),
      weight('gn.bias', 4, 1, 1),
    ]
    const loaded = await expectSameResults(modelOf(nodes, constants))
    expect(loaded.network.layers.map(({ operator }) => operator)).toEqual(['Conv', 'GroupNormalization'])
    expect(trainableOf(loaded)).toEqual(['conv.weight', 'gn.weight', 'gn.bias'])
  })

  it('ones and zeros of a normalisation that was made without scale and shift are not learned', async () => {
    const nodes = [
      conv,
      nodeOf('BatchNormalization', ['c', 'val_1', 'val_2', 'bn.running_mean', 'bn.running_var'], ['output']),
    ]
    const statistics = [weight('bn.running_mean', 4), floats('bn.running_var', [4], 1, 2, 3, 4)]
    expect(
      trainableOf(
        await expectSameResults(modelOf(nodes, [convWeight, ones('val_1', 4), zeros('val_2', 4), ...statistics])),
      ),
    ).toEqual(['conv.weight'])
    const named = nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map((name) => name.replace('val_1', 'bn.weight').replace('val_2', 'bn.bias')),
    }))
    expect(
      trainableOf(
        await expectSameResults(modelOf(named, [convWeight, ones('bn.weight', 4), zeros('bn.bias', 4), ...statistics])),
      ),
    ).toEqual(['conv.weight', 'bn.weight', 'bn.bias'])
  })

  it('a batch normalisation keeps its momentum', async () => {
    const nodes = [
      nodeOf('BatchNormalization', ['input', 's', 'b', 'm', 'v'], ['output'], {
        momentum: { kind: 'float', value: 0.99 },
      }),
    ]
    const { network } = await expectSameResults(
      modelOf(nodes, [weight('s', 2), weight('b', 2), weight('m', 2), floats('v', [2], 1, 2)]),
    )
    expect(network.layers[0]?.attributes['momentum']).toBe(0.99)
  })

  it('fresh parameters that an exporter joined, being equal, learn apart; a shared weight stays one', async () => {
    const nodes = [
      conv,
      nodeOf('Conv', ['c', 'shared', 'first.bias'], ['d']),
      nodeOf('Conv', ['d', 'shared', 'first.bias'], ['output']),
    ]
    const loaded = await expectSameResults(
      modelOf(nodes, [convWeight, weight('shared', 4, 4, 1, 1), zeros('first.bias', 4)]),
    )
    const [, second, third] = loaded.network.layers
    expect(second?.parameters['weight']).toBe(third?.parameters['weight'])
    expect(second?.parameters['bias']).not.toBe(third?.parameters['bias'])
  })

  it('a class token stays one parameter wherever it is used, under the name of a step too', async () => {
    const nodes = [conv, nodeOf('Mul', ['c', 'expand'], ['scaled']), nodeOf('Add', ['scaled', 'expand'], ['output'])]
    const loaded = await expectSameResults(modelOf(nodes, [convWeight, weight('expand', 1, 4, 1, 1)]))
    const [scaling, adding] = loaded.network.layers.slice(-2)
    expect(scaling?.parameters['operand']).toBeDefined()
    expect(adding?.parameters['operand']).toBe(scaling?.parameters['operand'])
  })

  it.each(['val_12', 'unsqueeze_3', 'getitem', 'expand_1_default'])(
    'a table that the new exporter folded (%s) is not learned entry by entry',
    async (name) => {
      const loaded = await expectSameResults(
        modelOf([conv, nodeOf('Add', ['c', name], ['output'])], [convWeight, weight(name, 1, 4, 4, 4)]),
      )
      expect(trainableOf(loaded)).toEqual(['conv.weight'])
    },
  )

  it('a bias that is looked up in a table of distances is learned as the table', async () => {
    const nodes = [
      conv,
      nodeOf('Gather', ['attn.bias_table', 'distances'], ['picked'], { axis: int(0) }),
      nodeOf('Reshape', ['picked', 'square'], ['looked']),
      nodeOf('Transpose', ['looked'], ['heads'], { perm: ints(2, 0, 1) }),
      nodeOf('Unsqueeze', ['heads', 'zero'], ['bias']),
      nodeOf('Add', ['c', 'bias'], ['output']),
    ]
    const distances = Array.from({ length: 16 }, (_, index) => 3 + (index % 4) - Math.floor(index / 4))
    const loaded = await expectSameResults(
      modelOf(nodes, [
        convWeight,
        weight('attn.bias_table', 7, 4),
        int64('distances', ...distances),
        int64('square', 4, 4, -1),
        int64('zero', 0),
      ]),
    )
    expect(loaded.network.layers.map(({ operator }) => operator)).toEqual(['Conv', 'TableBias'])
    expect(loaded.network.parameters['attn.bias_table']).toMatchObject({ shape: [7, 4], trainable: true })
  })

  it('positions that a file takes apart and joins again are the parameter that they were', async () => {
    const nodes = [
      conv,
      nodeOf('Slice', ['pos.embed', 'zero', 'one', 'axis'], ['first']),
      nodeOf('Slice', ['pos.embed', 'one', 'end', 'axis'], ['rest']),
      nodeOf('Concat', ['first', 'rest'], ['again'], { axis: int(1) }),
      nodeOf('Add', ['c', 'again'], ['output']),
    ]
    const loaded = await expectSameResults(
      modelOf(nodes, [
        convWeight,
        weight('pos.embed', 1, 4, 4, 4),
        int64('zero', 0),
        int64('one', 1),
        int64('end', 4),
        int64('axis', 1),
      ]),
    )
    expect(trainableOf(loaded)).toEqual(['conv.weight', 'pos.embed'])
  })
})
