import { describe, expect, it } from 'vitest'
import { encodeOnnxModel } from './onnx/encode-model.js'
import { modelOf, nodeOf } from './onnx/testing.js'
import { expectSameResults, int64, seed, weight } from './onnx/testing/results.js'
import { filesInMemory } from './model-files.js'
import { readNetwork } from './read-network.js'
import { inferShapes } from '../infer-shapes.js'

const model = (channels: number) =>
  modelOf(
    [
      nodeOf('Conv', ['input', 'conv.weight'], ['c']),
      nodeOf('GlobalAveragePool', ['c'], ['p']),
      nodeOf('Flatten', ['p'], ['output']),
    ],
    [weight('conv.weight', 10, channels, 3, 3)],
    { inputs: [{ name: 'input', type: 'float32', shape: ['N', channels, 8, 8] }] },
  )
const read = (channels: number) => readNetwork(filesInMemory({ 'a.onnx': encodeOnnxModel(model(channels)) }))

describe('networks for other images than coloured ones (model files 4)', () => {
  it('turn colours grey first where they take one channel, with one mean and one deviation', async () => {
    const { network, tensors } = await read(1)
    expect(network.input.shape).toEqual([3, 8, 8])
    expect(inferShapes(network).get('grey')).toEqual([1, 1, 8, 8])
    expect([...(tensors.get('grey.luminance')?.data ?? [])].reduce((a, b) => a + b)).toBeCloseTo(1)
    expect(network.parameters['grey.luminance']?.trainable).toBe(false)
    expect(new Set(network.preprocessing.mean).size).toBe(1)
    expect(new Set(network.preprocessing.deviation).size).toBe(1)
  })

  it.each([2, 4, 6, 13])('are refused when they take %i channels', async (channels) => {
    await expect(read(channels)).rejects.toThrow(
      `takes images with ${channels} channels. Expected 3 (colour) or 1 (grey)`,
    )
  })
})

describe(`a file that leaves the size of images open (model files 13; seed ${seed})`, () => {
  it('is read for the first common size that its positions fit', async () => {
    const nodes = [
      nodeOf('Conv', ['input', 'conv.weight'], ['c'], { strides: { kind: 'ints', value: [16, 16] } }),
      nodeOf('Reshape', ['c', 'sequence'], ['s']),
      nodeOf('Add', ['s', 'pos_embed'], ['output']),
    ]
    const open = modelOf(
      nodes,
      [weight('conv.weight', 5, 3, 16, 16), int64('sequence', 0, 5, -1), weight('pos_embed', 1, 5, 576)],
      { inputs: [{ name: 'input', type: 'float32', shape: ['N', 3, 'height', 'width'] }] },
    )
    const { network } = await expectSameResults(open, { shape: [2, 3, 384, 384] })
    expect(network.input.shape).toEqual([3, 384, 384])
    expect(network.provenance.history.join()).toContain('read for 384 x 384')
  })
})
