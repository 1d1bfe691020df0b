import { describe, expect, it } from 'vitest'
import { inferShapes } from '../infer-shapes.js'
import { validateNetwork } from '../validate-network.js'
import { adaptChannels } from './adapt-channels.js'
import { filesInMemory } from './model-files.js'
import { encodeOnnxModel } from './onnx/encode-model.js'
import { toOnnxModel } from './onnx/encode-network.js'
import { float32Tensor } from './onnx/onnx-tensor.js'
import { modelOf, nodeOf } from './onnx/testing.js'
import { run, seed, values, weight } from './onnx/testing/results.js'
import type { LoadedNetwork } from './format.js'
import { readNetwork } from './read-network.js'

const [height, width] = [4, 4]
const kernels = (channels: number) =>
  // timm.models._manipulate.adapt_input_conv of these is in the tests below.
  float32Tensor(
    'conv.weight',
    [2, channels, 1, 2],
    Float32Array.from({ length: 4 * channels }, (_, index) => index),
  )

const read = (channels: number, first = nodeOf('Conv', ['input', 'conv.weight'], ['c'])): Promise<LoadedNetwork> =>
  readNetwork(
    filesInMemory({
      'a.onnx': encodeOnnxModel(
        modelOf(
          [first, nodeOf('GlobalAveragePool', ['c'], ['p']), nodeOf('Flatten', ['p'], ['output'])],
          [kernels(channels), weight('scale', 3, 1, 1)],
          { inputs: [{ name: 'input', type: 'float32', shape: ['N', channels, height, width] }] },
        ),
      ),
    }),
  )

const kernelsOf = ({ tensors }: LoadedNetwork): number[] => [...(tensors.get('conv.weight')?.data ?? [])]

async function resultOf({ network, tensors }: LoadedNetwork, image: Float32Array): Promise<number[]> {
  const result = await run(encodeOnnxModel(toOnnxModel(network, tensors)), network.output, image, [1, 3, height, width])
  return [...(result.data as Float32Array)]
}

describe(`a first layer made for other colours (model files 4; seed ${seed})`, () => {
  it('sums the kernels of a network for colour images, as timm does for one channel', async () => {
    const adapted = adaptChannels(await read(3), 'grey')
    // adapt_input_conv(1, arange(12).reshape(2, 3, 1, 2))
    expect(kernelsOf(adapted)).toEqual([6, 9, 24, 27])
    expect(adapted.network.parameters['conv.weight']?.shape).toEqual([2, 1, 1, 2])
    expect(inferShapes(adapted.network).get('grey')).toEqual([1, 1, height, width])
    validateNetwork(adapted.network)
  })

  it('repeats the kernels of a network for grey images, a third for each colour', async () => {
    const grey = await read(1)
    const adapted = adaptChannels(grey, 'rgb')
    expect(kernelsOf(adapted)).toEqual([0, 1, 0, 1, 0, 1, 2, 3, 2, 3, 2, 3].map((value) => Math.fround(value / 3)))
    expect(adapted.network.input.shape).toEqual([3, height, width])
    expect(Object.keys(adapted.network.parameters)).toEqual(['conv.weight'])
    validateNetwork(adapted.network)
  })

  it.each([
    [3, 'grey'],
    [1, 'rgb'],
  ] as const)('gives the same for a grey picture: %i channels made %s', async (channels, colours) => {
    const loaded = await read(channels)
    const grey = values(height * width)
    const picture = Float32Array.of(...grey, ...grey, ...grey)
    const expected = await resultOf(loaded, picture)
    const actual = await resultOf(adaptChannels(loaded, colours), picture)
    actual.forEach((value, index) => expect(value).toBeCloseTo(expected[index] ?? NaN, 3))
  })

  it('leaves a network alone that reads such images already', async () => {
    const [colour, grey] = [await read(3), await read(1)]
    expect(adaptChannels(colour, 'rgb')).toBe(colour)
    expect(adaptChannels(grey, 'grey')).toBe(grey)
  })

  it('says which layer is in the way where the image meets something else first', async () => {
    const scaled = await read(3, nodeOf('Mul', ['input', 'scale'], ['c']))
    expect(() => adaptChannels(scaled, 'grey')).toThrow(
      /is a Mul that can't be made for other colours. Expected a convolution/,
    )
  })
})
