import { float32Tensor, type OnnxTensor, tensorValues } from '../onnx-tensor.js'

/** Product of two known tensors of which one has a single number, or both as many; null for others. */
export function productOf(a: OnnxTensor, b: OnnxTensor, name: string): OnnxTensor | null {
  const [one, other] = [tensorValues(a), tensorValues(b)]
  const [long, short, shape] = one.length >= other.length ? [one, other, a.shape] : [other, one, b.shape]
  if (short.length !== 1 && short.length !== long.length) return null
  const at = (index: number): number => short[short.length === 1 ? 0 : index] ?? NaN
  return float32Tensor(
    name,
    shape,
    Float32Array.from(long, (value, index) => value * at(index)),
  )
}
