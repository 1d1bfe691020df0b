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

describe('folds', () => {
  const idsOf = async (fold: number, params = {}, images: Counts = { none: [11, 7] }): Promise<readonly string[][]> => {
    const { outputs, context } = await run(images, { folds: 3, fold, ...params })
    const parts = await Promise.all([outputs.train, outputs.val, outputs.test].map((part) => context.samplesOf(part)))
    return parts.map((samples) => samples.map(({ id }) => id))
  }

  it('test every image once, train and validate on all others, and hold classes in proportion', async () => {
    const folds = await Promise.all([1, 2, 3].map((fold) => idsOf(fold)))
    expect(folds.flatMap(([, , test]) => test).toSorted()).toEqual(
      samplesOf({ none: [11, 7] })
        .map(({ id }) => id)
        .toSorted(),
    )
    for (const [train = [], val = [], test = []] of folds) {
      expect(new Set([...train, ...val, ...test]).size).toBe(18)
      expect(test.filter((id) => id.startsWith('none/1')).length).toBeGreaterThanOrEqual(2)
      expect(val.length).toBeGreaterThan(0)
    }
    expect(await idsOf(1, { seed: 1 })).not.toEqual(folds[0])
  })

  it('leave test images of the source alone, unless the draw is to ignore its split', async () => {
    const own = { train: [6, 6], test: [3, 3] }
    const seen = async (params = {}) => (await Promise.all([1, 2, 3].map((fold) => idsOf(fold, params, own)))).flat(2)
    expect((await seen()).filter((id) => id.startsWith('test'))).toEqual([])
    expect((await seen({ method: 'random' })).filter((id) => id.startsWith('test')).length).toBe(18)
  })

  it('keep the only image of a class for training', async () => {
    const folds = await Promise.all([1, 2, 3].map((fold) => idsOf(fold, {}, { none: [6, 1] })))
    for (const [train = []] of folds) expect(train).toContain('none/1/0')
  })

  it('that are not there are refused before running', () => {
    const fieldsOf = (params: object) => split.validate?.(split.params.parse(params)).map(({ field }) => field)
    expect(fieldsOf({ folds: 1 })).toEqual(['folds'])
    expect(fieldsOf({ folds: 3, fold: 4 })).toEqual(['fold'])
    expect(fieldsOf({ folds: 3, fold: 3, valFraction: 0.5, testFraction: 0.5 })).toEqual([])
  })
})

it('refuses shares that leave nothing to train on, before running', () => {
  expect(split.validate?.(split.params.parse({ valFraction: 0.5, testFraction: 0.5 }))).toMatchObject([
    { field: 'testFraction', severity: 'error' },
  ])
  expect(split.validate?.(split.params.parse({}))).toEqual([])
})
