import { expect, it } from 'vitest'
import type { DatasetValue } from '@graft/graph-schema'
import { sampleSets } from '../../sample-data/sample-sets.js'
import { sampleData } from './sample-data.js'
import { createTestContext } from '../../testing/test-context.js'

it('offers exactly the sets that the generator has', () => {
  expect(sampleSets.map(({ id }) => id).filter((set) => sampleData.params.safeParse({ set }).success)).toEqual(
    sampleSets.map(({ id }) => id),
  )
  expect(sampleData.params.safeParse({ set: 'tiny' }).success).toBe(false)
})

it('gives every image of a set with its own split, and shows some', async () => {
  const context = createTestContext()
  const images = (
    await sampleData.run({ params: sampleData.params.parse({ set: 'small-different', size: 32 }), inputs: {}, context })
  ).images as DatasetValue
  const samples = await context.samplesOf(images)
  expect(images).toMatchObject({ split: 'all', count: samples.length })
  expect(new Set(images.countPerClass)).toEqual(new Set([24 + 30 + 40]))
  expect(samples.filter(({ split }) => split === 'train').length).toBe(24 * images.classNames.length)
  expect(new Set(samples.map(({ fingerprint }) => fingerprint)).size).toBe(samples.length)
  expect(samples[0]).toMatchObject({
    id: `small-different/train/${images.classNames[0]}/0`,
    generated: { family: 'different', size: 32 },
  })
  expect(context.events.map(({ type }) => type)).toEqual(['log', 'preview'])
})
