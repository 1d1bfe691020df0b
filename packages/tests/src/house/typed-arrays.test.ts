import { describe, expect, it } from 'vitest'

// What `scripts/compare-typed-arrays.mjs` must not change about `toEqual`.
describe('typed arrays', () => {
  it.each([
    ['the same numbers', Float32Array.of(1, Number.NaN), Float32Array.of(1, Number.NaN)],
    ['a part of a longer one', Float32Array.of(0, 1, 2).subarray(1), Float32Array.of(1, 2)],
    ['none', new Uint8Array(), new Uint8Array()],
  ])('are equal: %s', (_, one, other) => {
    expect(one).toEqual(other)
    expect({ deep: [one] }).toEqual({ deep: [other] })
  })

  it.each([
    ['another number', Float32Array.of(1, 2), Float32Array.of(1, 3)],
    ['a zero of another sign', Float32Array.of(0), Float32Array.of(-0)],
    ['fewer', Float32Array.of(1, 2), Float32Array.of(1)],
    ['of another type', Float32Array.of(1), Float64Array.of(1)],
    ['a list', Float32Array.of(1), [1]],
  ])('differ: %s', (_, one, other) => {
    expect(one).not.toEqual(other)
    expect(new Map([['deep', one]])).not.toEqual(new Map<string, unknown>([['deep', other]]))
  })
})
