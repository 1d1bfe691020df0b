import { describe, expect, it } from 'vitest'
import { graftnet } from '../architectures/graftnet.js'
import { readTensorsFrom, writeSafetensors } from '../formats/safetensors/index.js'
import type { Initializer, Network } from '../network.js'
import { withWeights } from '../surgery/with-weights.js'
import { fansOfLayer, initialise } from './initialise.js'
import { createRandom, deriveSeed, normal, shuffle } from './random.js'
import { loadTensors, storableTensors } from './tensors.js'

const moments = (values: ArrayLike<number>): { mean: number; deviation: number } => {
  const list = Array.from(values)
  const mean = list.reduce((sum, value) => sum + value, 0) / list.length
  return { mean, deviation: Math.sqrt(list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / list.length) }
}

describe('createRandom', () => {
  it('gives the same numbers for a seed on every machine', () => {
    const random = createRandom(42)
    const again = createRandom(42)
    const numbers = Array.from({ length: 1000 }, () => random())
    expect(numbers).toEqual(Array.from({ length: 1000 }, () => again()))
    expect(numbers.slice(0, 4).map((value) => value * 2 ** 32)).toMatchInlineSnapshot(`
      [
        3551716573,
        3759279531,
        1996797355,
        23966812,
      ]
    `)
  })

  it('is uniform, and unrelated for neighbouring seeds', () => {
    const first = Array.from({ length: 1000 }, (_, seed) => createRandom(seed)())
    const { mean, deviation } = moments(first)
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.03)
    expect(Math.abs(deviation - Math.sqrt(1 / 12))).toBeLessThan(0.02)
    expect(new Set(first).size).toBe(1000)
  })

  it('tells seeds beyond 32 bits apart', () => {
    expect(createRandom(2 ** 32 + 1)()).not.toBe(createRandom(1)())
  })

  it('gives normal draws with the right moments and tails', () => {
    const random = createRandom(7)
    const values = Array.from({ length: 50_000 }, () => normal(random))
    const { mean, deviation } = moments(values)
    expect(Math.abs(mean)).toBeLessThan(0.015)
    expect(Math.abs(deviation - 1)).toBeLessThan(0.015)
    const beyondTwo = values.filter((value) => Math.abs(value) > 2).length / values.length
    expect(Math.abs(beyondTwo - 0.0455)).toBeLessThan(0.004)
  })

  it('shuffles a copy', () => {
    const items = Array.from({ length: 50 }, (_, index) => index)
    const shuffled = shuffle(items, createRandom(1))
    expect(shuffled).not.toEqual(items)
    expect([...shuffled].sort((left, right) => left - right)).toEqual(items)
  })

  it('derives other seeds from other names', () => {
    expect(new Set(['a', 'b', 'ab', 'ba'].flatMap((name) => [deriveSeed(1, name), deriveSeed(2, name)])).size).toBe(8)
  })
})

describe('initialise', () => {
  const shape = [64, 32, 3, 3]
  const fanIn = 32 * 9
  const fanOut = 64 * 9
  const deviations: readonly [Initializer, number][] = [
    [{ name: 'heNormal' }, Math.sqrt(2 / fanIn)],
    [{ name: 'heUniform' }, Math.sqrt(2 / fanIn)],
    [{ name: 'glorotNormal' }, Math.sqrt(2 / (fanIn + fanOut))],
    [{ name: 'glorotUniform' }, Math.sqrt(2 / (fanIn + fanOut))],
    [{ name: 'linear' }, 1 / Math.sqrt(3 * fanIn)],
    [{ name: 'truncatedNormal', deviation: 0.1 }, 0.1 * 0.87962],
  ]

  it.each(deviations)('%o has the deviation of its definition', (initializer, expected) => {
    const { mean, deviation } = moments(initialise(shape, initializer, 3))
    expect(Math.abs(mean) / expected).toBeLessThan(0.03)
    expect(Math.abs(deviation / expected - 1)).toBeLessThan(0.03)
  })

  it('knows groups and matrices stored inputs first', () => {
    const layer = { name: 'x', inputs: [], parameters: {}, attributes: {} }
    expect(fansOfLayer({ ...layer, operator: 'Conv', attributes: { group: 32 } }, [32, 1, 3, 3])).toEqual({
      in: 9,
      out: 9,
    })
    expect(fansOfLayer({ ...layer, operator: 'Gemm', attributes: { transB: 1 } }, [10, 256])).toEqual({
      in: 256,
      out: 10,
    })
    expect(fansOfLayer({ ...layer, operator: 'Gemm' }, [256, 10])).toEqual({ in: 256, out: 10 })
    expect(fansOfLayer({ ...layer, operator: 'MatMul' }, [256, 10])).toEqual({ in: 256, out: 10 })
  })
})

describe('loadTensors', () => {
  const network = graftnet.build({ classes: 3 })

  it('gives initialised values, stores them, and gets them back from one fetch of the blob', async () => {
    const tensors = await loadTensors(network, () => Promise.reject(new Error('nothing is stored')))
    expect(tensors.size).toBe(Object.keys(network.parameters).length)
    const bytes = writeSafetensors(storableTensors(network, tensors))
    let reads = 0
    const loaded = await loadTensors(
      withWeights(network, 'abc'),
      readTensorsFrom(async (sha) => {
        reads += 1
        expect(sha).toBe('abc')
        return bytes
      }),
    )
    expect(loaded).toEqual(tensors)
    expect(reads).toBe(1)
  })

  it('names the parameter whose tensor is missing or has another shape', async () => {
    const stored = withWeights(network, 'abc')
    await expect(loadTensors(stored, async () => null)).rejects.toThrow(/stem.conv.weight/)
    const wrong: Network = {
      ...stored,
      parameters: { a: { shape: [2], trainable: true, source: { kind: 'blob', blob: 'abc', tensor: 'a' } } },
    }
    await expect(loadTensors(wrong, async () => ({ shape: [3], data: new Float32Array(3) }))).rejects.toThrow(
      /shape \[3\].*expects \[2\]/,
    )
    expect(() => storableTensors(network, new Map())).toThrow(/stem.conv.weight has no values/)
  })
})
