import * as onnxruntime from 'onnxruntime-node'
import { expect } from 'vitest'
import { createRandom, normal } from '../../../values/random.js'
import type { LoadedNetwork } from '../../format.js'
import { encodeOnnxModel } from '../encode-model.js'
import { toOnnxModel } from '../encode-network.js'
import { networkOfOnnx } from '../network-of-onnx.js'
import type { OnnxModel } from '../onnx-model.js'
import { float32Tensor, type OnnxTensor, tensorOf } from '../onnx-tensor.js'
import { encoded } from '../testing.js'

/** Seed of the random numbers here, for titles. */
export const seed = 5
const random = createRandom(seed)

export const values = (count: number): Float32Array => Float32Array.from({ length: count }, () => normal(random))
export const weight = (name: string, ...shape: number[]): OnnxTensor =>
  float32Tensor(name, shape, values(shape.reduce((a, b) => a * b, 1)))
export const int64 = (name: string, ...list: number[]): OnnxTensor => tensorOf(name, 'int64', [list.length], list)

export async function run(
  bytes: Uint8Array,
  output: string,
  data: Float32Array,
  shape: readonly number[],
): Promise<onnxruntime.Tensor> {
  const session = await onnxruntime.InferenceSession.create(bytes, { logSeverityLevel: 3 })
  const result = await session.run({ input: new onnxruntime.Tensor('float32', data, [...shape]) })
  await session.release()
  return result[output] as onnxruntime.Tensor
}

/**
 * Reads a model, writes it again and compares what onnxruntime computes for both, for a batch the file has not seen.
 */
export async function expectSameResults(
  model: OnnxModel,
  { shape = [3, 2, 4, 4], batch = shape[0] ?? 1 }: { shape?: number[]; batch?: number } = {},
): Promise<LoadedNetwork> {
  const loaded = networkOfOnnx(model, 'test', 'test.onnx')
  const data = values(shape.reduce((a, b) => a * b, 1))
  const expected = await run(encoded(model), model.graph.outputs[0]?.name ?? '', data, shape)
  const plain = shape[3] === loaded.network.input.shape[0] && shape[1] !== shape[3] ? channelsFirst(data, shape) : data
  const actual = await run(encodeOnnxModel(toOnnxModel(loaded.network, loaded.tensors)), loaded.network.output, plain, [
    batch,
    ...loaded.network.input.shape,
  ])
  expect(actual.dims).toEqual(expected.dims)
  ;(expected.data as Float32Array).forEach((value, index) => expect(Number(actual.data[index])).toBeCloseTo(value, 4))
  return loaded
}

function channelsFirst(data: Float32Array, [, h = 1, w = 1, c = 1]: readonly number[]): Float32Array {
  const result = new Float32Array(data.length)
  data.forEach((value, index) => {
    const channel = index % c
    const pixel = Math.floor(index / c) % (h * w)
    const image = Math.floor(index / (c * h * w))
    result[(image * c + channel) * h * w + pixel] = value
  })
  return result
}
