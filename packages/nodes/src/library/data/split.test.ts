import { describe, expect, it } from 'vitest'
import type { DatasetValue, Sample } from '@graft/graph-schema'
import { withSamples } from '../../sdk/samples.js'
import { split } from './split.js'
import { createTestContext, type TestContext } from '../../testing/test-context.js'

type Counts = Readonly<Partial<Record<'train' | 'val' | 'test' | 'none', readonly number[]>>>

/** Samples by own split and class: `{ train: [5, 5] }` are five of each of two classes in train. */
function samplesOf(counts: Counts): readonly Sample[] {
  return Object.entries(counts).flatMap(([name, perClass]) =>
    perClass.flatMap((count, label) =>
      Array.from({ length: count }, (_, index) => ({
        id: `${name}/${label}/${index}`,
        path: '/',
        label,
        fingerprint: `${name} ${label} ${index}`,
        ...(name !== 'none' && { split: name as 'train' }),
      })),
    ),
  )
}

async function run(
  counts: Counts,
  params: Readonly<Record<string, unknown>> = {},
): Promise<{ outputs: Readonly<Record<'train' | 'val' | 'test', DatasetValue>>; context: TestContext }> {
  const context = createTestContext()
  const images = await withSamples(
    {
      kind: 'dataset',
      split: 'all',
      name: 'images',
      classNames: ['a', 'b'],
      transforms: [],
      skipped: [],
      provenance: ['made up'],
    },
    samplesOf(counts),
    context.store,
  )
  const outputs = await split.run({ params: split.params.parse(params), inputs: { images }, context })
  return { outputs: outputs as Readonly<Record<'train' | 'val' | 'test', DatasetValue>>, context }
}

const counts = (outputs: Readonly<Record<string, DatasetValue>>): readonly [string, number][] =>
  ['train', 'val', 'test'].map((port) => [outputs[port]!.split, outputs[port]!.count])

describe('auto', () => {
  it("keeps the source's own split", async () => {
    const { outputs, context } = await run({ train: [5, 4], val: [3, 3], test: [2, 2] })
    expect(counts(outputs)).toEqual([
      ['train', 9],
      ['val', 6],
      ['test', 4],
    ])
    expect(context.messages('warning')).toEqual([])
    expect(outputs.train).toMatchObject({
      countPerClass: [5, 4],
      provenance: ['made up', "Split: The source's own split; train"],
    })
  })
  it('gives validation to test when the source has no test set, marks it as such and warns', async () => {
    const { outputs, context } = await run({ train: [5, 4], val: [3, 3] })
    expect(counts(outputs)).toEqual([
      ['train', 9],
      ['val', 6],
      ['val', 6],
    ])
    expect(context.messages('warning')).toEqual([expect.stringContaining('not an unbiased estimate')])
  })
  it('or gives nothing, when asked to', async () => {
    expect(counts((await run({ train: [5, 4], val: [3, 3] }, { missingTest: 'empty' })).outputs)).toEqual([
      ['train', 9],
      ['val', 6],
      ['test', 0],
    ])
  })
  it('draws validation from training when only that is missing', async () => {
    expect(counts((await run({ train: [10, 10], test: [3, 3] })).outputs)).toEqual([
      ['train', 16],
      ['val', 4],
      ['test', 6],
    ])
  })
  it('draws everything when the source has no split', async () => {
    const { outputs, context } = await run({ none: [10, 20] })
    expect(counts(outputs)).toEqual([
      ['train', 18],
      ['val', 6],
      ['test', 6],
    ])
    expect((await context.samplesOf(outputs.val)).every((sample) => sample.split === 'val')).toBe(true)
  })
})

it("random ignores the source's split", async () => {
  expect(counts((await run({ train: [5, 10], val: [5, 10] }, { method: 'random' })).outputs)).toEqual([
    ['train', 18],
    ['val', 6],
    ['test', 6],
  ])
})

it('own refuses a source without a split, and one without training images', async () => {
  await expect(run({ none: [3, 3] }, { method: 'own' })).rejects.toMatchObject({
    field: 'method',
    message: '"images" has no split of its own.',
  })
  await expect(run({ val: [3, 3] }, { method: 'own' })).rejects.toMatchObject({
    field: 'method',
    message: expect.stringContaining('no training images') as unknown,
  })
})

it('names classes with too few images', async () => {
  const { context } = await run({ none: [10, 1] })
  expect(context.messages('warning')).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^Only one training image of: b\./),
      expect.stringMatching(/^No validation image of: b\./),
    ]),
  )
})

it('refuses shares that leave nothing to train on, before running', () => {
  expect(split.validate?.(split.params.parse({ valFraction: 0.5, testFraction: 0.5 }))).toMatchObject([
    { field: 'testFraction', severity: 'error' },
  ])
  expect(split.validate?.(split.params.parse({}))).toEqual([])
})
