import { createRandom, inferShapes, normal, toOnnxModel } from '@graft/network'
import { describe, expect, it } from 'vitest'
import { conformanceCase, layer } from '../conformance/conformance-case.js'
import type { ConformanceCase, LayerSketch } from '../conformance/conformance-case.js'
import { createTfjsEngine } from '../tfjs/tfjs-engine.js'
import { onnxEngine } from './onnx-engine.js'
import {
  inputMatrix,
  kernelMatrix,
  outputMatrix,
  tilesAlong,
  transformKernels,
} from './operators/convolution/winograd-matrices.js'
import { writeWinograd } from './winograd.js'

const seed = 31
const tfjs = createTfjsEngine({ backend: 'wasm' })
const channels = 352
const same = { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }

const convolution = (
  outputs: number,
  inputs: number,
  options: { bias?: boolean; attributes?: Record<string, number | number[]>; group?: number } = {},
): LayerSketch =>
  layer('Conv', {
    attributes: { ...same, ...options.attributes },
    parameters: {
      weight: [outputs, inputs / (options.group ?? 1), 3, 3],
      ...(options.bias === false ? {} : { bias: [outputs] }),
    },
  })

const operatorsOf = ({ network, tensors }: ConformanceCase): readonly string[] =>
  writeWinograd(toOnnxModel(network, tensors), inferShapes(network)).graph.nodes.map(({ operator }) => operator)

const cases = [
  conformanceCase('Conv', 'ResNet-18, last stage', [convolution(channels, channels), layer('Relu')], {
    input: [channels, 7, 7],
  }),
  conformanceCase('Conv', 'whole tiles, no bias', [convolution(channels, channels, { bias: false })], {
    input: [channels, 8, 8],
  }),
  conformanceCase('Conv', 'one tile', [convolution(channels, channels)], { input: [channels, 4, 4] }),
  conformanceCase('Conv', 'more outputs than inputs, an oblong map', [convolution(512, 320)], {
    input: [320, 8, 7],
    batch: 3,
  }),
  conformanceCase(
    'Conv',
    'two that share the changes of domain, and a sum',
    [convolution(channels, channels), convolution(channels, channels), layer('Add', { inputs: ['layer1', 'layer0'] })],
    { input: [channels, 7, 7] },
  ),
]

describe('convolutions by Winograd', () => {
  it.each(cases)('give what TensorFlow.js gives: $title', async (example) => {
    expect(operatorsOf(example)).toContain('Gemm')
    expect(operatorsOf(example)).not.toContain('Conv')
    const { network, tensors, input } = example
    const sides = await Promise.all([
      onnxEngine.forward(network, { tensors, many: true }),
      tfjs.forward(network, { tensors }),
    ])
    const [actual, expected] = await Promise.all(sides.map(async (side) => (await side.run(input))[network.output]))
    await Promise.all(sides.map((side) => side.dispose()))
    expect(actual?.shape).toEqual(expected?.shape)
    const largest = expected!.data.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    const worst = expected!.data.reduce(
      (most, value, index) => Math.max(most, Math.abs(value - actual!.data[index]!)),
      0,
    )
    expect(largest).toBeGreaterThan(1)
    expect(worst / largest).toBeLessThan(1e-4)
  })

  it.each([
    ['a large map', convolution(channels, channels), 14],
    ['few channels', convolution(64, 64), 7],
    ['a stride', convolution(channels, channels, { attributes: { strides: [2, 2] } }), 7],
    ['a dilation', convolution(channels, channels, { attributes: { dilations: [2, 2] } }), 7],
    ['another padding', convolution(channels, channels, { attributes: { pads: [0, 0, 1, 1] } }), 7],
    ['groups', convolution(channels, channels, { attributes: { group: 2 }, group: 2 }), 7],
  ] as const)('are left alone with %s', (_, sketch, side) => {
    const inputs = sketch.parameters?.bias?.[0] ?? 0
    expect(operatorsOf(conformanceCase('Conv', 'left alone', [sketch], { input: [inputs, side, side] }))).toEqual([
      'Conv',
    ])
  })

  it('are used only where many images are to be computed, and then many at once', async () => {
    const { network, tensors, input } = cases[0] as ConformanceCase
    const results: Float32Array[] = []
    const batchSizes: unknown[] = []
    for (const many of [undefined, false, true]) {
      const forward = await onnxEngine.forward(network, {
        tensors,
        threads: 2,
        ...(many === undefined ? {} : { many }),
      })
      batchSizes.push(forward.batchSize)
      results.push((await forward.run(input))[network.output]!.data)
      await forward.dispose()
    }
    expect(results[0]).toEqual(results[1])
    expect(results[0]).not.toEqual(results[2])
    expect(batchSizes).toEqual([64, 64, undefined])
  })
})

it(`the matrices of every map up to 9x9 convolve, kernels rounded to float32 (seed ${seed})`, () => {
  const random = createRandom(seed)
  for (let height = 1; height <= 9; height++) {
    for (let width = 1; width <= 9; width++) {
      const map = Float64Array.from({ length: height * width }, () => normal(random))
      const kernel = Float32Array.from({ length: 9 }, () => normal(random))
      const [rows, pixels] = [36 * tilesAlong(height) * tilesAlong(width), height * width]
      const [into, outOf, factors] = [
        inputMatrix(height, width),
        outputMatrix(height, width),
        transformKernels(kernel, 1, 1),
      ]
      const tiles = Array.from(
        { length: rows },
        (_, row) =>
          map.reduce((sum, value, pixel) => sum + value * into[row * pixels + pixel]!, 0) *
          factors[Math.floor((row * 36) / rows)]!,
      )
      map.forEach((_, pixel) => {
        const actual = tiles.reduce((sum, value, row) => sum + value * outOf[row * pixels + pixel]!, 0)
        expect(actual).toBeCloseTo(convolved(map, kernel, height, width, pixel), 4)
      })
    }
  }
})

it(`kernels are brought into Winograd's domain as by their matrix (seed ${seed})`, () => {
  const random = createRandom(seed)
  const [outputs, inputs, matrix] = [3, 2, kernelMatrix()]
  const kernels = Float32Array.from({ length: outputs * inputs * 9 }, () => normal(random))
  const transformed = transformKernels(kernels, outputs, inputs)
  for (let position = 0; position < 36; position++) {
    for (let input = 0; input < inputs; input++) {
      for (let output = 0; output < outputs; output++) {
        const expected = matrix
          .subarray(position * 9, position * 9 + 9)
          .reduce((sum, factor, index) => sum + factor * kernels[(output * inputs + input) * 9 + index]!, 0)
        expect(transformed[(position * inputs + input) * outputs + output]).toBeCloseTo(expected, 5)
      }
    }
  }
})

function convolved(map: Float64Array, kernel: Float32Array, height: number, width: number, pixel: number): number {
  const [y, x] = [Math.floor(pixel / width), pixel % width]
  let sum = 0
  for (let down = -1; down <= 1; down++) {
    for (let across = -1; across <= 1; across++) {
      const [row, column] = [y + down, x + across]
      if (row >= 0 && column >= 0 && row < height && column < width)
        sum += map[row * width + column]! * kernel[(down + 1) * 3 + across + 1]!
    }
  }
  return sum
}
