import type { TensorData, Tensors } from '@graft/network'

/** A sha256 under way. */
export interface Sha256 {
  update(data: Uint8Array | string): unknown
  digest(encoding: 'hex'): string
}

/** Every hash that training uses: sha256 in hex. */
export interface Hashes {
  text(text: string): string
  /** Over the float32 bytes of one tensor. */
  tensor(tensor: TensorData): string
  /** The same for values that nothing changes any more; worked out once, however many ask. */
  settled(tensor: TensorData): string
  /** Over all parameters: name, shape and float32 bytes of each, in name order. */
  weights(tensors: Tensors): string
}

/** Hashes from whatever a host has for sha256. */
export function createHashes(sha256: () => Sha256): Hashes {
  const known = new WeakMap<Float32Array, string>()
  const hash = (data: Uint8Array | string): string => {
    const started = sha256()
    started.update(data)
    return started.digest('hex')
  }
  const tensor = ({ data }: TensorData): string => hash(bytesOf(data))
  return {
    text: hash,
    tensor,
    settled: (value) => {
      const before = known.get(value.data)
      if (before !== undefined) return before
      const now = tensor(value)
      known.set(value.data, now)
      return now
    },
    weights: (tensors) => {
      const started = sha256()
      for (const [name, { shape, data }] of [...tensors].sort(([first], [second]) => (first < second ? -1 : 1))) {
        started.update(`${name}\n${shape.join(',')}\n`)
        started.update(bytesOf(data))
      }
      return started.digest('hex')
    },
  }
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
