import { describe, expect, it } from 'vitest'
import * as core from './core.js'
import { createMemoryStore, type FeatureStore } from './host/feature-store.js'
import { fit, predictLogits, weightsHash } from './node/training.js'
import { createTfjsEngine } from './tfjs/tfjs-engine.js'
import { noiseSource, smallNetwork } from './training/testing/small-problem.js'

/** Checksums by Fletcher: no sha256, which shows that weights don't depend on hashes. */
function fletcher(): core.Sha256 {
  let [low, high] = [1, 0]
  const encoder = new TextEncoder()
  return {
    update: (data) => {
      for (const byte of typeof data === 'string' ? encoder.encode(data) : data) {
        low = (low + byte) % 65521
        high = (high + low) % 65521
      }
    },
    digest: () => (high * 65536 + low).toString(16),
  }
}

/** A host as a page could have one: features are kept in memory, and nothing is from Node. */
function memoryHost(): core.Host & { readonly kept: Map<string, FeatureStore>; turns: number } {
  const kept = new Map<string, FeatureStore>()
  let time = 0
  const host = {
    kept,
    turns: 0,
    hashes: core.createHashes(fletcher),
    now: () => (time += 15),
    takeTurns: () => Promise.resolve(void (host.turns += 1)),
    memory: () => ({ total: 2 ** 30, free: 2 ** 29 }),
    openFeatureCache: (place: string) => ({
      open: async (key: string, length: number) => {
        const store = kept.get(`${place}/${key}`) ?? createMemoryStore(length)
        kept.set(`${place}/${key}`, store)
        return { ...store, close: () => Promise.resolve() }
      },
      trim: () => Promise.resolve(),
    }),
  }
  return host
}

describe.each(['cpu', 'wasm'] as const)('training on a host without files, on %s', (backend) => {
  const engine = createTfjsEngine({ backend })
  const { network, tensors } = smallNetwork()
  const options = (): core.FitOptions => ({
    network,
    tensors,
    engines: { forward: engine, training: engine },
    train: noiseSource({ count: 24, signal: 2, random: true }),
    validation: noiseSource({ count: 9, seed: 2, signal: 2 }),
    settings: { epochs: 3, batchSize: 8, learningRate: 0.05, views: 2, cacheFeatures: 'on', seed: 7 },
  })

  it('gives the weights, curves and predictions of Node, and computes no feature twice', async () => {
    const host = memoryHost()
    const expected = await fit(options())
    const first = await core.fit({ ...options(), cacheDirectory: 'features' }, host)
    expect(weightsHash(first.tensors)).toBe(weightsHash(expected.tensors))
    expect(first.curves).toEqual(expected.curves)
    expect([first.prefix.computed, host.kept.size]).toEqual([24 * 2 + 9, 1])
    const again = await core.fit({ ...options(), cacheDirectory: 'features' }, host)
    expect(weightsHash(again.tensors)).toBe(weightsHash(expected.tensors))
    expect(again.prefix).toMatchObject({ cached: 24 * 2 + 9, computed: 0 })
    const source = noiseSource({ count: 9, seed: 2, signal: 2 })
    const here = await core.predictLogits(engine, network, first.tensors, source, {}, host)
    expect(here).toEqual(await predictLogits(engine, network, expected.tensors, source))
    expect(host.turns).toBeGreaterThan(0)
    expect(core.freezeProof(network, tensors, first.tensors, host.hashes).every(({ identical }) => identical)).toBe(
      true,
    )
  })

  it('keeps features in memory where the host keeps none', async () => {
    const { openFeatureCache: _, ...host } = memoryHost()
    const result = await core.fit({ ...options(), cacheDirectory: 'features' }, host)
    expect(weightsHash(result.tensors)).toBe(weightsHash((await fit(options())).tensors))
  })
})
