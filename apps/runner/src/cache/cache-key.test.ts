import { describe, expect, it } from 'vitest'
import { cacheKey } from './cache-key.js'
import type { Ingredients } from './cache-key.js'
import { canonicalJson } from './canonical-json.js'

const base: Ingredients = {
  type: 'sum',
  version: 1,
  params: { a: 1, b: { c: 2, d: [3, 4] } },
  inputs: {
    in: [
      { node: 'x', output: 'value', key: 'k1' },
      { node: 'y', output: 'value', key: 'k2' },
    ],
  },
}

describe('cache key', () => {
  it('does not depend on the order of keys, nor on the ids of the nodes above', () => {
    const same: Ingredients = {
      ...base,
      params: { b: { d: [3, 4], c: 2 }, a: 1 },
      inputs: {
        in: [
          { node: 'renamed', output: 'value', key: 'k1' },
          { node: 'y', output: 'value', key: 'k2' },
        ],
      },
    }
    expect(cacheKey(same)).toBe(cacheKey(base))
  })

  it.each<[string, Partial<Ingredients>]>([
    ['type', { type: 'other' }],
    ['version', { version: 2 }],
    ['revision', { revision: 2 }],
    ['a parameter', { params: { a: 1, b: { c: 2, d: [4, 3] } } }],
    [
      'an input',
      {
        inputs: {
          in: [
            { node: 'x', output: 'value', key: 'k3' },
            { node: 'y', output: 'value', key: 'k2' },
          ],
        },
      },
    ],
    ['the order of edges', { inputs: { in: [...(base.inputs.in ?? [])].reverse() } }],
    [
      'which output is used',
      {
        inputs: {
          in: [
            { node: 'x', output: 'other', key: 'k1' },
            { node: 'y', output: 'value', key: 'k2' },
          ],
        },
      },
    ],
    ['the port', { inputs: { on: base.inputs.in ?? [] } }],
    ['the fingerprint', { fingerprint: 'f' }],
    ['the engine', { engine: 'onnx' }],
    ['the document', { document: 'd' }],
  ])('depends on %s', (_, change) => {
    expect(cacheKey({ ...base, ...change })).not.toBe(cacheKey(base))
  })
})

describe('canonical JSON', () => {
  it('sorts keys and leaves out undefined', () => {
    expect(canonicalJson({ b: [1, undefined, 'x'], a: undefined, A: null })).toBe('{"A":null,"b":[1,null,"x"]}')
  })

  it.each([
    [Number.NaN, 'value.deep[1] is NaN'],
    [() => 1, 'value.deep[1] is a function'],
    [new Float32Array(2), 'binary data'],
    [1n, 'a bigint'],
  ])('refuses what JSON cannot hold, with the place: %s', (bad, text) => {
    expect(() => canonicalJson({ deep: [1, bad] })).toThrow(text)
  })
})
