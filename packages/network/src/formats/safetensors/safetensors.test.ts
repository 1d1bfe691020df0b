import { describe, expect, it } from 'vitest'
import { createRandom, normal } from '../../values/random.js'
import type { Tensors } from '../../network.js'
import { FormatError } from '../../weight-format.js'
import { openSafetensors, readSafetensors, writeSafetensors } from './index.js'

const seed = Number(process.env.GRAFT_TEST_SEED ?? Math.floor(Math.random() * 1e9))
console.log(`safetensors random seed: ${seed} (set GRAFT_TEST_SEED to repeat)`)

/** A file with this header (text, or an object) and data. */
function file(header: unknown, data: Uint8Array = new Uint8Array(), claimedLength?: bigint): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header))
  const bytes = new Uint8Array(8 + text.length + data.length)
  new DataView(bytes.buffer).setBigUint64(0, claimedLength ?? BigInt(text.length), true)
  bytes.set(text, 8)
  bytes.set(data, 8 + text.length)
  return bytes
}

const bytesOf = (array: { buffer: ArrayBufferLike }): Uint8Array => new Uint8Array(array.buffer)

const tensor = (dtype: string, shape: readonly unknown[], data_offsets: readonly unknown[]): object => ({
  dtype,
  shape,
  data_offsets,
})

describe('safetensors', () => {
  it('gives back what was written, whatever shapes and names', () => {
    const random = createRandom(seed)
    for (let round = 0; round < 50; round += 1) {
      const tensors: Tensors = new Map()
      for (let index = 0; index < Math.floor(random() * 5); index += 1) {
        const shape = Array.from({ length: Math.floor(random() * 4) }, () => Math.floor(random() * 4))
        const data = Float32Array.from({ length: shape.reduce((product, size) => product * size, 1) }, () =>
          normal(random),
        )
        tensors.set(`näme ${index}.${Math.floor(random() * 1000)}`, { shape, data })
      }
      const metadata: Record<string, string> = random() < 0.5 ? { format: 'pt', note: '"quoted" ü' } : {}
      const read = readSafetensors(writeSafetensors(tensors, metadata))
      expect(read.metadata).toEqual(metadata)
      expect(read.tensors, `seed ${seed}, round ${round}`).toEqual(
        new Map([...tensors].sort(([left], [right]) => (left < right ? -1 : 1))),
      )
    }
  })

  it('gives equal bytes for equal tensors in another order', () => {
    const a = { shape: [1], data: Float32Array.of(1) }
    const b = { shape: [2], data: Float32Array.of(2, 3) }
    expect(
      writeSafetensors(
        new Map([
          ['a', a],
          ['b', b],
        ]),
      ),
    ).toEqual(
      writeSafetensors(
        new Map([
          ['b', b],
          ['a', a],
        ]),
      ),
    )
  })

  it('reads from the middle of a buffer, at any alignment, and copies', () => {
    const written = writeSafetensors(new Map([['x', { shape: [2], data: Float32Array.of(1.5, -2) }]]))
    const shifted = new Uint8Array(written.length + 3)
    shifted.set(written, 3)
    const read = readSafetensors(shifted.subarray(3)).tensors.get('x')
    shifted.fill(0)
    expect(read?.data).toEqual(Float32Array.of(1.5, -2))
  })

  it('reads a Node Buffer, whose slice is a view and not a copy', () => {
    const bytes = writeSafetensors(
      new Map([
        ['a', { shape: [2], data: Float32Array.of(1, 2) }],
        ['b', { shape: [3], data: Float32Array.of(3, 4, 5) }],
      ]),
    )
    const { tensors } = readSafetensors(Buffer.from(bytes))
    expect(tensors.get('b')?.data).toEqual(Float32Array.of(3, 4, 5))
  })

  it('converts half, bfloat, double and 64-bit integers to float32', () => {
    const data = new Uint8Array(40)
    data.set(bytesOf(Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7c00)), 0)
    data.set(bytesOf(Uint16Array.of(0x3f80, 0xc040, 0, 0)), 8)
    data.set(bytesOf(Float64Array.of(0.1)), 16)
    data.set(bytesOf(BigInt64Array.of(-5n, 7n)), 24)
    const { tensors } = readSafetensors(
      file(
        {
          h: tensor('F16', [4], [0, 8]),
          b: tensor('BF16', [2, 2], [8, 16]),
          d: tensor('F64', [], [16, 24]),
          i: tensor('I64', [2], [24, 40]),
        },
        data,
      ),
    )
    expect([...(tensors.get('h')?.data ?? [])]).toEqual([1, -2, 2 ** -24, Infinity])
    expect([...(tensors.get('b')?.data ?? [])]).toEqual([1, -3, 0, 0])
    expect([...(tensors.get('d')?.data ?? [])]).toEqual([Math.fround(0.1)])
    expect([...(tensors.get('i')?.data ?? [])]).toEqual([-5, 7])
  })

  it('accepts a __proto__ tensor as a name like any other', () => {
    const { tensors } = readSafetensors(
      file('{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', new Uint8Array(4)),
    )
    expect([...tensors.keys()]).toEqual(['__proto__'])
  })
})

const four = new Uint8Array(4)
const hostile: Readonly<Record<string, [Uint8Array, RegExp]>> = {
  'an empty file': [new Uint8Array(), /has 0 bytes/],
  'a file shorter than its length field': [new Uint8Array(7), /has 7 bytes/],
  'a header longer than the file': [file('{}', four, 1000n), /cut off/],
  'a header of 2^64 - 1 bytes': [file('{}', four, 2n ** 64n - 1n), /limit/],
  'a header that is no JSON': [file('{"a":'), /not JSON/],
  'a header in another encoding': [file('{}', Uint8Array.of(0xff, 0xfe), 4n), /not JSON/],
  'a header that is a list': [file('[]'), /not a JSON object/],
  'a tensor without offsets': [file({ a: { dtype: 'F32', shape: [1] } }, four), /tensor a is described wrongly/],
  'a negative size': [file({ a: tensor('F32', [-1], [0, 4]) }, four), /described wrongly/],
  'a fractional offset': [file({ a: tensor('F32', [1], [0.5, 4]) }, four), /described wrongly/],
  'an offset beyond the file': [file({ a: tensor('F32', [2], [0, 8]) }, four), /claims bytes 0 to 8 of 4/],
  'offsets the wrong way round': [file({ a: tensor('F32', [1], [4, 0]) }, four), /claims bytes 4 to 0/],
  'a shape that needs other bytes': [file({ a: tensor('F32', [2], [0, 4]) }, four), /needs 8 bytes/],
  'a shape that overflows': [file({ a: tensor('F32', [2 ** 40, 2 ** 40], [0, 4]) }, four), /needs/],
  'overlapping tensors': [file({ a: tensor('F32', [1], [0, 4]), b: tensor('F32', [1], [0, 4]) }, four), /overlaps/],
  'a gap between tensors': [file({ a: tensor('F32', [1], [4, 8]) }, new Uint8Array(8)), /4 bytes before tensor a/],
  'bytes after the last tensor': [file({ a: tensor('F32', [1], [0, 4]) }, new Uint8Array(9)), /5 bytes at its end/],
  'metadata that is not text': [file({ __metadata__: { a: 1 } }), /__metadata__/],
  'an element type that is not supported': [file({ a: tensor('F8_E4M3', [4], [0, 4]) }, four), /element type F8_E4M3/],
  'an element type named like a method': [file({ a: tensor('toString', [4], [0, 4]) }, four), /element type toString/],
}

describe('a safetensors file is refused when it has', () => {
  it.each(Object.entries(hostile))('%s', (_, [bytes, message]) => {
    expect(() => openSafetensors(bytes)).toThrow(message)
    expect(() => openSafetensors(bytes)).toThrow(FormatError)
  })

  it('had any byte cut off its end', () => {
    const whole = writeSafetensors(new Map([['x', { shape: [3], data: Float32Array.of(1, 2, 3) }]]), { a: 'b' })
    for (let length = 0; length < whole.length; length += 1)
      expect(() => openSafetensors(whole.subarray(0, length)), `${length} bytes`).toThrow(FormatError)
  })
})
