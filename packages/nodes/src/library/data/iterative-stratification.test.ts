import { multiLabel } from '@graft/engines'
import type { Sample } from '@graft/graph-schema'
import { describe, expect, it } from 'vitest'
import { mulberry32 } from '../../random.js'
import { splitSamples } from './split-samples.js'

const classes = 5
/** From frequent to rare: half of the images have class 0, one in fifty class 4. */
const frequencies = [0.5, 0.3, 0.15, 0.06, 0.02]

function samplesOf(seed: number, count = 600): readonly Sample[] {
  const random = mulberry32(seed)
  return Array.from({ length: count }, (_, index) => ({
    id: `image-${String(index).padStart(4, '0')}`,
    path: `/images/${index}.jpg`,
    label: frequencies.flatMap((frequency, at) => (random() < frequency ? [at] : [])),
    fingerprint: `${seed} ${index}`,
  }))
}

const options = { val: 0.2, test: 0.2, stratify: true, seed: 3, task: multiLabel }
const countOf = (samples: readonly Sample[], at: number): number =>
  samples.filter(({ label }) => Array.isArray(label) && label.includes(at)).length

describe('splitting images of several classes', () => {
  it.each([1, 2, 3, 4, 5])('gives each part its share of every class and of the images (seed %i)', (seed) => {
    const samples = samplesOf(seed)
    const { train, val, test } = splitSamples(samples, options)
    expect(train.length + val.length + test.length).toBe(samples.length)
    for (const part of [val, test]) expect(Math.abs(part.length - 120)).toBeLessThanOrEqual(6)
    for (let at = 0; at < classes; at++) {
      const wanted = 0.2 * countOf(samples, at)
      for (const part of [val, test])
        expect(Math.abs(countOf(part, at) - wanted), `class ${at}`).toBeLessThanOrEqual(Math.max(1.5, 0.04 * wanted))
    }
  })

  it('depends on the images and the seed only, not on their order', () => {
    const samples = samplesOf(7)
    const parts = splitSamples(samples, options)
    expect(splitSamples(samples.toReversed(), options)).toEqual(parts)
    expect(splitSamples(samples, { ...options, seed: 4 })).not.toEqual(parts)
  })

  it('keeps groups together and leaves every class an image to train on', () => {
    const samples = samplesOf(9, 60).map((sample, index) => ({ ...sample, group: `group ${index % 20}` }))
    const { train, val, test } = splitSamples(samples, { ...options, val: 0.4, test: 0.4 })
    const groups = [train, val, test].flatMap((part) => [...new Set(part.map(({ group }) => group))])
    expect(new Set(groups).size).toBe(groups.length)
    for (let at = 0; at < classes; at++) if (countOf(samples, at) > 0) expect(countOf(train, at)).toBeGreaterThan(0)
  })
})
