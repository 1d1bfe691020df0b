import type { Tensor } from '@tensorflow/tfjs-core'
import type { TensorFlow } from '@graft/network'
import { createRandom } from '@graft/network'
import { beforeAll, describe, expect, it } from 'vitest'
import { startTensorFlow } from '../backends.js'
import { suppliedKernels, supplyWasmKernels } from './index.js'

let tf: TensorFlow
const seed = 20_240_601

beforeAll(async () => {
  await startTensorFlow('cpu')
  tf = (await startTensorFlow('wasm')).tf
  console.log(`random seed ${seed}`)
})

/** Runs a function on one backend and returns the values of its result. */
function valuesOn(backend: 'cpu' | 'wasm', compute: () => Tensor): Float32Array {
  void tf.setBackend(backend)
  return tf.tidy(() => Float32Array.from(compute().dataSync()))
}

function expectSame(compute: () => Tensor): void {
  const expected = valuesOn('cpu', compute)
  const actual = valuesOn('wasm', compute)
  expect(actual.length).toBe(expected.length)
  const scale = Math.max(1e-3, ...expected.map(Math.abs))
  const worst = expected.reduce(
    (largest, value, index) => Math.max(largest, Math.abs(value - (actual[index] ?? Number.NaN))),
    0,
  )
  expect(worst / scale).toBeLessThan(2e-6)
}

function randomTensor(shape: readonly number[], offset = 0): Tensor {
  const random = createRandom(seed + offset)
  const count = shape.reduce((product, size) => product * size, 1)
  return tf.tensor(
    Float32Array.from({ length: count }, () => random() * 2 - 1),
    [...shape],
  )
}

interface Case {
  readonly size: readonly [number, number]
  readonly kernel: readonly [number, number]
  readonly strides: readonly [number, number]
  readonly pad: 'same' | 'valid' | readonly (readonly [number, number])[]
  readonly dilations?: readonly [number, number]
}

const cases: readonly Case[] = [
  { size: [7, 9], kernel: [3, 3], strides: [1, 1], pad: 'same' },
  { size: [7, 9], kernel: [3, 3], strides: [1, 1], pad: 'valid' },
  { size: [8, 7], kernel: [3, 3], strides: [2, 2], pad: 'same' },
  { size: [8, 9], kernel: [3, 2], strides: [2, 3], pad: 'valid' },
  {
    size: [9, 9],
    kernel: [5, 5],
    strides: [2, 2],
    pad: [
      [0, 0],
      [2, 2],
      [2, 2],
      [0, 0],
    ],
  },
  {
    size: [6, 6],
    kernel: [3, 3],
    strides: [1, 1],
    pad: [
      [0, 0],
      [3, 0],
      [0, 3],
      [0, 0],
    ],
  },
  { size: [6, 5], kernel: [1, 1], strides: [1, 1], pad: 'valid' },
  { size: [6, 5], kernel: [1, 1], strides: [2, 2], pad: 'valid' },
  { size: [40, 3], kernel: [7, 1], strides: [1, 1], pad: 'same' },
]

const attributesOf = (entry: Case): object => ({
  strides: entry.strides,
  pad: entry.pad,
  dilations: entry.dilations ?? [1, 1],
  dataFormat: 'NHWC',
  dimRoundingMode: undefined,
})
const titleOf = (entry: Case): string =>
  `size ${entry.size.join('x')}, kernel ${entry.kernel.join('x')}, strides ${entry.strides.join(',')}, pad ${JSON.stringify(entry.pad)}`

function kernel(name: string, inputs: Record<string, Tensor>, attributes: object): Tensor {
  return tf
    .engine()
    .runKernel(name, inputs, attributes as Parameters<ReturnType<TensorFlow['engine']>['runKernel']>[2]) as Tensor
}

describe('gradients of convolutions on the wasm backend equal the cpu backend', () => {
  it.each(cases.map((entry) => [titleOf(entry), entry] as const))('convolution, %s', (_, entry) => {
    const image = randomTensor([2, ...entry.size, 3])
    const filter = randomTensor([...entry.kernel, 3, 4], 1)
    const shape = kernel('Conv2D', { x: image, filter }, attributesOf(entry)).shape
    const dy = randomTensor(shape, 2)
    expectSame(() =>
      kernel('Conv2DBackpropFilter', { x: image, dy }, { ...attributesOf(entry), filterShape: filter.shape }),
    )
    expectSame(() => kernel('Conv2DBackpropInput', { dy, filter }, { ...attributesOf(entry), inputShape: image.shape }))
  })

  it.each(
    cases.flatMap((entry) =>
      [1, 2].map((multiplier) => [`${titleOf(entry)}, multiplier ${multiplier}`, entry, multiplier] as const),
    ),
  )('depthwise, %s', (_, entry, multiplier) => {
    const image = randomTensor([2, ...entry.size, 3])
    const filter = randomTensor([...entry.kernel, 3, multiplier], 1)
    const shape = kernel('DepthwiseConv2dNative', { x: image, filter }, attributesOf(entry)).shape
    const dy = randomTensor(shape, 2)
    expectSame(() =>
      kernel(
        'DepthwiseConv2dNativeBackpropFilter',
        { x: image, dy },
        { ...attributesOf(entry), filterShape: filter.shape },
      ),
    )
    expectSame(() =>
      kernel('DepthwiseConv2dNativeBackpropInput', { dy, filter }, { ...attributesOf(entry), inputShape: image.shape }),
    )
  })

  it('depthwise gradients with dilation match finite differences of the forward pass', () => {
    const image = randomTensor([1, 7, 7, 2])
    const filter = randomTensor([3, 3, 2, 1], 1)
    const attributes = { strides: [1, 1], pad: 'valid', dilations: [2, 2], dimRoundingMode: undefined }
    const dy = randomTensor([1, 3, 3, 2], 2)
    void tf.setBackend('wasm')
    const direction = randomTensor(filter.shape, 3)
    const objective = (weights: Tensor): number =>
      tf.tidy(
        () =>
          tf
            .sum(tf.mul(kernel('DepthwiseConv2dNative', { x: image, filter: weights }, attributes), dy))
            .dataSync()[0] as number,
      )
    const numeric =
      objective(tf.add(filter, tf.mul(direction, 0.5))) - objective(tf.sub(filter, tf.mul(direction, 0.5)))
    const gradient = kernel(
      'DepthwiseConv2dNativeBackpropFilter',
      { x: image, dy },
      { ...attributes, filterShape: filter.shape },
    )
    expect(tf.sum(tf.mul(gradient, direction)).dataSync()[0]).toBeCloseTo(numeric, 4)
    const byImage = kernel(
      'DepthwiseConv2dNativeBackpropInput',
      { dy, filter },
      { ...attributes, inputShape: image.shape },
    )
    expect(tf.sum(tf.mul(byImage, image)).dataSync()[0]).toBeCloseTo(objective(filter), 4)
  })
})

describe('replaced kernels equal the cpu backend', () => {
  it.each([
    ['[5, 7]', [5, 7], [1, 0]],
    ['NCHW to NHWC', [2, 3, 5, 4], [0, 2, 3, 1]],
    ['NHWC to NCHW', [2, 5, 4, 3], [0, 3, 1, 2]],
    ['outermost with innermost', [3, 4, 5, 6], [3, 1, 2, 0]],
    ['inner planes', [2, 3, 4, 5], [0, 3, 2, 1]],
    ['general', [2, 3, 4, 5], [2, 0, 3, 1]],
    ['none', [2, 3, 4], [0, 1, 2]],
    ['unit axes', [1, 33, 1, 18], [3, 0, 1, 2]],
  ])('transpose, %s', (_, shape, order) => {
    const tensor = randomTensor(shape)
    expectSame(() => tf.transpose(tensor, order))
  })

  it.each([
    [
      [3, 4, 5, 6],
      [1, 0, 2, 0],
      [2, 4, 1, 6],
    ],
    [
      [3, 4, 5, 6],
      [0, 1, 0, 2],
      [3, 2, 5, 3],
    ],
    [
      [4, 100],
      [1, 20],
      [2, 60],
    ],
    [[10], [3], [4]],
    [
      [2, 2, 2, 2, 3],
      [0, 1, 0, 0, 1],
      [2, 1, 2, 1, 2],
    ],
  ])('slice of %j from %j by %j', (shape, begin, size) => {
    const tensor = randomTensor(shape)
    expectSame(() => tf.slice(tensor, begin, size))
  })

  it.each([
    [[0, 1, 2], false],
    [[1, 2], true],
    [[0], false],
    [[2], true],
    [[3], false],
    [[0, 2], false],
    [[0, 1, 2, 3], false],
  ])('sums and means over %j', (axes, keep) => {
    const tensor = randomTensor([3, 9, 11, 5])
    expectSame(() => tf.sum(tensor, axes, keep))
    expectSame(() => tf.mean(tensor, axes, keep))
  })

  it.each([
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ])('matrix products, transposed: %s, %s', (first, second) => {
    const a = randomTensor(first ? [2, 6, 5] : [2, 5, 6])
    const b = randomTensor(second ? [2, 7, 6] : [2, 6, 7], 1)
    expectSame(() => tf.matMul(a, b, first, second))
  })

  it('the gradient of a clip passes between the limits and nowhere else', () => {
    const x = tf.tensor1d([-1, 0.5, 5.9, 7])
    for (const backend of ['cpu', 'wasm'] as const) {
      expect([
        ...valuesOn(backend, () => tf.grad((value) => tf.sum(tf.mul(tf.clipByValue(value, 0, 6), 2)))(x)),
      ]).toEqual([0, 2, 2, 0])
    }
  })
})

it('supplying twice adds nothing, and kernels leave no tensors behind', () => {
  expect(supplyWasmKernels(tf)).toEqual(suppliedKernels.map((entry) => entry.name))
  void tf.setBackend('wasm')
  const image = randomTensor([1, 5, 5, 2])
  const filter = randomTensor([3, 3, 2, 2], 1)
  const before = tf.memory().numTensors
  tf.dispose(
    kernel(
      'DepthwiseConv2dNativeBackpropFilter',
      { x: image, dy: tf.tidy(() => randomTensor([1, 5, 5, 4])) },
      { strides: [1, 1], pad: 'same', dilations: [1, 1], filterShape: filter.shape },
    ),
  )
  expect(tf.memory().numTensors).toBe(before + 1)
})
