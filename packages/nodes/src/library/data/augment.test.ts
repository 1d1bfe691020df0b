import { expect, it } from 'vitest'
import type { DatasetValue } from '@graft/graph-schema'
import { withSamples } from '../../sdk/samples.js'
import { augment } from './augment.js'
import { createTestContext, type TestContext } from '../../testing/test-context.js'

async function run(
  params: Readonly<Record<string, unknown>>,
  split: 'train' | 'val' = 'train',
  context: TestContext = createTestContext(),
): Promise<{ images: DatasetValue; context: TestContext }> {
  const samples = [0, 1].map((label) => ({
    id: `${label}`,
    generated: { family: 'similar', classIndex: label, index: 0, seed: 1, size: 32 },
    label,
    fingerprint: `${label}`,
  }))
  const input = await withSamples(
    {
      kind: 'dataset',
      split,
      name: 'x',
      classNames: ['a', 'b'],
      transforms: [{ name: 'grayscale', options: { probability: 1 }, seed: 5 }],
      skipped: [],
      provenance: [],
    },
    samples,
    context.store,
  )
  return {
    images: (await augment.run({ params: augment.params.parse(params), inputs: { images: input }, context }))
      .images as DatasetValue,
    context,
  }
}
const off = { horizontalFlip: false, minCrop: 1, cropRatio: 1, brightness: 0, contrast: 0, saturation: 0 }

it('adds what changes anything to the transforms that are there, as data', async () => {
  const { images, context } = await run({ ...off, rotation: 10, blur: 0.1, seed: 3 })
  expect(images.transforms).toEqual([
    { name: 'grayscale', options: { probability: 1 }, seed: 5 },
    { name: 'rotation', options: { degrees: 10 }, seed: 3 },
    { name: 'blur', options: { probability: 0.1 }, seed: 3 },
  ])
  expect(images.split).toBe('train')
  expect(context.events.filter(({ type }) => type === 'preview').length).toBe(1)
})

it('says so when everything is off', async () => {
  expect((await run(off)).context.messages('warning')).toEqual(['All changes are off: the images stay as they are.'])
})

it('refuses images that a score is measured on', async () => {
  await expect(run({}, 'val')).rejects.toMatchObject({
    field: 'images',
    message: 'These are val images; random changes belong to training images only.',
  })
})
