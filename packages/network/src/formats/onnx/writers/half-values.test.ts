import { describe, expect, it } from 'vitest'
import { float32Tensor, tensorFloats } from '../onnx-tensor.js'
import { halfBits, halfTensor } from './half-values.js'

const written = (...values: number[]): number[] => [
  ...tensorFloats(halfTensor(float32Tensor('x', [values.length], Float32Array.from(values)))),
]

describe('half precision', () => {
  it('keeps every number that it has', () => {
    const finite = Array.from({ length: 65_536 }, (_, bits) => bits).filter((bits) => ((bits >> 10) & 31) !== 31)
    const data = new Uint8Array(Uint16Array.from(finite).buffer)
    const values = tensorFloats({ name: 'all', type: 'float16', shape: [finite.length], data })
    expect([...values].map(halfBits)).toEqual(finite)
  })

  it('rounds to the nearest, ties to even, and keeps what is too large finite', () => {
    expect(written(1 + 2 ** -11, 1 + 3 * 2 ** -11, 2049, 2051)).toEqual([1, 1 + 2 ** -9, 2048, 2052])
    expect(written(2 ** -25, 2 ** -24 * 1.5, 2047.99)).toEqual([0, 2 ** -23, 2048])
    expect(written(1e6, -1e6, 65504, 65520)).toEqual([65504, -65504, 65504, 65504])
  })
})
