import type { OnnxTensor } from '../onnx-tensor.js'
import { tensorFloats } from '../onnx-tensor.js'
import { roundHalfToEven } from '../values/round-half-to-even.js'

/** The largest number of half precision; what lies beyond becomes it, since an infinity would spread. */
const largest = 65504

/** A float32 tensor in half precision, rounded to nearest, ties to even. */
export function halfTensor(tensor: OnnxTensor): OnnxTensor {
  const values = tensorFloats(tensor)
  const data = new Uint8Array(values.length * 2)
  const view = new DataView(data.buffer)
  values.forEach((value, index) => view.setUint16(index * 2, halfBits(value), true))
  return { name: tensor.name, type: 'float16', shape: tensor.shape, data }
}

/** The bits of a number in half precision. */
export function halfBits(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0
  if (Number.isNaN(value)) return 0x7e00
  const size = Math.min(Math.abs(value), largest)
  const exponent = Math.max(-14, Math.floor(Math.log2(Math.max(size, 2 ** -24))))
  const steps = roundHalfToEven(size / 2 ** (exponent - 10))
  // A number below 2^-14 has the exponent's bits 0; rounding up to the next power of two carries into them by itself.
  return sign | (exponent === -14 ? steps : ((exponent + 14) << 10) + steps)
}
