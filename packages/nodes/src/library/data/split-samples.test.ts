import { describe, expect, it } from 'vitest'
import type { Sample } from '@graft/graph-schema'
import { mulberry32, integerBetween, type Random } from '../../random.js'
import { splitSamples, type SplitOptions, type SplitParts } from './split-samples.js'

const seed = Number(process.env.GRAFT_TEST_SEED ?? Math.floor(Math.random() * 1e9))
console.info(`seed of the random data sets: ${seed} (set GRAFT_TEST_SEED to repeat)`)

const options: SplitOptions = { val: 0.2, test: 0.2, stratify: true, seed: 7 }

/** A data set with classes of very different sizes, some groups and some copies. */
function randomSamples(random: Random): readonly Sample[] {
  const classes = integerBetween(random, 2, 6)
  return Array.from({ length: classes }, (_, label) => label).flatMap((label) =>
    Array.from({ length: integerBetween(random, 1, 60) }, (_, index) => ({
      id: `${label}/${index}`,
      path: `/${label}/${index}`,
      label,
      fingerprint: random() < 0.1 ? `copy ${integerBetween(random, 0, 5)}` : `${label} ${index} ${random()}`,
      ...(random() < 0.3 && { group: `group ${integerBetween(random, 0, 8)}` }),
    })),
  )
}

const all = (parts: SplitParts): readonly Sample[] => [...parts.train, ...parts.val, ...parts.test]

describe('on random data sets', () => {
  const random = mulberry32(seed)
  const datasets = Array.from({ length: 60 }, () => randomSamples(random))

  it('keeps every image, once', () => {
    for (const samples of datasets)
      expect(
        all(splitSamples(samples, options))
          .map(({ id }) => id)
          .toSorted(),
      ).toEqual(samples.map(({ id }) => id).toSorted())
  })

  it('keeps groups and copies together', () => {
    for (const samples of datasets) {
      const parts = splitSamples(samples, options)
      for (const tie of ['group', 'fingerprint'] as const) {
        const [train, val, test] = [parts.train, parts.val, parts.test].map(
          (part) => new Set(part.flatMap((sample) => sample[tie] ?? [])),
        )
        for (const value of [...val!, ...test!]) expect(train!.has(value)).toBe(false)
        for (const value of val!) expect(test!.has(value)).toBe(false)
      }
    }
  })

  it('leaves every class something to train on, stratified or not', () => {
    for (const samples of datasets) {
      for (const stratify of [true, false]) {
        const trained = new Set(
          splitSamples(samples, { ...options, val: 0.5, test: 0.4, stratify }).train.map(({ label }) => label),
        )
        expect(trained).toEqual(new Set(samples.map(({ label }) => label)))
      }
    }
  })

  it('does not depend on the order of files', () => {
    for (const samples of datasets) {
      const shuffled = samples
        .map((sample) => ({ sample, place: random() }))
        .toSorted((left, right) => left.place - right.place)
        .map(({ sample }) => sample)
      expect(splitSamples(shuffled, options)).toEqual(splitSamples(samples, options))
    }
  })
})

describe('on plain data', () => {
  const samples = [100, 40, 10].flatMap((count, label) =>
    Array.from({ length: count }, (_, index) => ({
      id: `${label}/${index}`,
      path: '/',
      label,
      fingerprint: `${label} ${index}`,
    })),
  )
  const countsOf = (part: readonly Sample[]): number[] =>
    [0, 1, 2].map((label) => part.filter((sample) => sample.label === label).length)

  it('keeps the proportions of classes', () => {
    const parts = splitSamples(samples, options)
    expect([parts.train, parts.val, parts.test].map(countsOf)).toEqual([
      [60, 24, 6],
      [20, 8, 2],
      [20, 8, 2],
    ])
  })

  it('draws otherwise with another seed', () => {
    expect(splitSamples(samples, { ...options, seed: 8 }).val).not.toEqual(splitSamples(samples, options).val)
  })

  it('draws shares of the whole when it need not keep proportions', () => {
    const parts = splitSamples(samples, { ...options, stratify: false })
    expect([parts.train.length, parts.val.length, parts.test.length]).toEqual([90, 30, 30])
  })

  it('gives a single image to training', () => {
    const lone = [...samples, { id: '3/0', path: '/', label: 3, fingerprint: 'lone' }]
    expect(splitSamples(lone, options).train.some(({ id }) => id === '3/0')).toBe(true)
  })
})
