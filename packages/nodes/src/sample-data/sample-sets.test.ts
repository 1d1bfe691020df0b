import { describe, expect, it } from 'vitest'
import { hashIntegers, fnv1aOfText } from '../random.js'
import { findSampleFamily } from './render-sample.js'
import { findSampleSet, listSampleEntries, sampleSets } from './sample-sets.js'

describe.each(sampleSets)('$id', (set) => {
  const entries = listSampleEntries(set)

  it('holds the promised number of images of every class in every split', () => {
    const classes = findSampleFamily(set.family).classNames.length
    expect(entries.length).toBe(classes * (set.trainPerClass + set.valPerClass + set.testPerClass))
    const lastClass = entries.filter((entry) => entry.classIndex === classes - 1 && entry.split === 'train')
    expect(lastClass.length).toBe(set.trainPerClass)
  })

  it('never puts one image into two splits', () => {
    const keys = entries.map((entry) => `${entry.classIndex} ${entry.sampleIndex}`)
    expect(new Set(keys).size).toBe(keys.length)
  })
})

it('never draws one image for two sets', () => {
  const hashes = sampleSets.flatMap((set) =>
    listSampleEntries(set).map((entry) =>
      hashIntegers(fnv1aOfText(set.family), set.seed, entry.classIndex, entry.sampleIndex),
    ),
  )
  expect(new Set(sampleSets.map((set) => set.seed)).size).toBe(sampleSets.length)
  expect(new Set(hashes).size).toBe(hashes.length)
})

it('names the known sets when asked for an unknown one', () => {
  expect(findSampleSet('small-similar').family).toBe('similar')
  expect(() => findSampleSet('tiny')).toThrow(/small-similar, large-similar/)
})
