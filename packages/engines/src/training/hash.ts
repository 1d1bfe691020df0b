import { createHash } from 'node:crypto'
import type { TensorData, Tensors } from '@graft/network'

/** sha256 in hex of some text. */
export function hashText(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** sha256 in hex over the float32 bytes of one tensor. */
export function hashTensor(tensor: TensorData): string {
  return createHash('sha256').update(bytesOf(tensor.data)).digest('hex')
}

const settled = new WeakMap<Float32Array, string>()

/** The same for values that nothing changes any more; worked out once, however many ask. */
export function hashSettled(tensor: TensorData): string {
  const known = settled.get(tensor.data)
  if (known !== undefined) return known
  const hash = hashTensor(tensor)
  settled.set(tensor.data, hash)
  return hash
}

/** sha256 in hex over all parameters: name, shape and float32 bytes of each, in name order. */
export function weightsHash(tensors: Tensors): string {
  const hash = createHash('sha256')
  for (const name of [...tensors.keys()].sort()) {
    const tensor = tensors.get(name) as TensorData
    hash.update(`${name}\n${tensor.shape.join(',')}\n`).update(bytesOf(tensor.data))
  }
  return hash.digest('hex')
}

/** JSON with sorted keys: equal values give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([first], [second]) => (first < second ? -1 : 1)))
      : inner,
  )
}

/** The same memory as bytes. */
export function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
}
