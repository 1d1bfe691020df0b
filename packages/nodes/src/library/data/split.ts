import { must } from '@graft/errors'
import { z } from 'zod'
import { findTask } from '@graft/engines'
import type { DatasetValue, Sample, SplitName } from '@graft/graph-schema'
import { defineNode } from '../../sdk/define-node.js'
import type { NodeContext } from '../../sdk/node-context.js'
import { NodeError } from '../../sdk/node-error.js'
import { choiceField, fractionField, seedField, switchField } from '../../sdk/fields.js'
import { datasetPort } from '../../sdk/ports.js'
import { countPerClass, readSamples, withSamples } from '../../sdk/samples.js'
import { sortById, splitSamples, type SplitParts } from './split-samples.js'

const params = z.strictObject({
  method: choiceField(['auto', 'own', 'random'], 'auto', {
    title: 'Method',
    description:
      "`auto` keeps the source's own train, validation and test folders where it has them and draws otherwise; `own` insists on them; `random` ignores them.",
  }),
  valFraction: fractionField(
    0.2,
    {
      title: 'Validation share',
      description: 'Share of the images drawn for validation; of the training images when only validation is missing.',
    },
    { max: 0.9 },
  ),
  testFraction: fractionField(
    0.2,
    {
      title: 'Test share',
      description: 'Share of the images drawn for the final test, which no decision may look at.',
    },
    { max: 0.9 },
  ),
  stratify: switchField(true, { title: 'Stratify', description: 'Keep the proportions of the classes in every part.' }),
  folds: z.int().min(0).max(20).default(0).meta({
    title: 'Folds',
    description:
      'Cross-validation: 2 or more divides the images into so many parts of which one is the test part, in place of a share. Images of a test folder are left out. 0: no folds.',
    advanced: true,
  }),
  fold: z.int().min(1).max(20).default(1).meta({
    title: 'Fold',
    description: 'Which of the folds is the test part. Repeat takes each in turn.',
    advanced: true,
  }),
  missingTest: choiceField(['validation', 'empty'], 'validation', {
    title: 'Without a test set',
    description:
      '`validation` gives the validation images to the test output (marked as such: their score is optimistic); `empty` gives none.',
  }),
  seed: seedField('Seed of the draw. The same images and seed give the same parts, whatever the order of files.'),
})
type Params = z.output<typeof params>

export const split = defineNode({
  type: 'split',
  version: 1,
  revision: 2,
  title: 'Split',
  category: 'Data',
  keywords: ['train', 'validation', 'test', 'holdout', 'stratified'],
  doc: `Divides images into training, validation and test parts. Put it after Image Folder or Sample Data: training and validation go to Train, test goes to Evaluate.
Images of one group, and copies of one image, never land in different parts. Every class keeps at least one training image.`,
  inputs: { images: datasetPort('All images, not yet divided.', { splits: ['all'] }) },
  outputs: {
    train: datasetPort('Images to learn from.', {
      title: 'Train',
      splits: ['train'],
      classesFrom: { port: 'images' },
    }),
    val: datasetPort('Images to choose epochs and settings by.', {
      title: 'Validation',
      splits: ['val'],
      classesFrom: { port: 'images' },
    }),
    test: datasetPort('Images for the final score.', {
      title: 'Test',
      splits: ['test'],
      classesFrom: { port: 'images' },
    }),
  },
  params,
  validate({ valFraction, testFraction, folds, fold }) {
    if (folds === 1 || (folds > 1 && fold > folds))
      return [
        {
          code: 'split/no-such-fold',
          severity: 'error',
          field: folds === 1 ? 'folds' : 'fold',
          message: folds === 1 ? 'One fold would leave nothing to train on.' : `There is no fold ${fold} of ${folds}.`,
          fix: folds === 1 ? 'Set 0 for no folds, or at least 2.' : `Choose one from 1 to ${folds}.`,
        },
      ]
    if (folds > 1 || valFraction + testFraction < 1) return []
    return [
      {
        code: 'split/no-training-data',
        severity: 'error',
        field: 'testFraction',
        message: `Validation (${valFraction}) and test (${testFraction}) together leave nothing to train on.`,
        fix: 'Make their sum less than 1; 0.2 each is usual.',
      },
    ]
  },
  async run({ inputs, params: settings, context }) {
    const images = inputs.images
    const samples = await readSamples(images, context.store)
    if (samples.length === 0)
      throw new NodeError('images', `"${images.name}" has no images.`, 'Check the node that the images come from.')
    const { parts, how } = divide(samples, settings, images)
    warnOfThinClasses(parts, images, context)
    const useValidation = parts.test.length === 0 && parts.val.length > 0 && settings.missingTest === 'validation'
    if (useValidation)
      warn(
        context,
        `There is no test set: the test output carries the ${parts.val.length} validation images. Epochs and settings are chosen by them, so their score is not an unbiased estimate.`,
      )
    const value = (part: readonly Sample[], name: SplitName): Promise<DatasetValue> =>
      partOf(images, part, name, how, context)
    const [train, val] = await Promise.all([value(parts.train, 'train'), value(parts.val, 'val')])
    const test = useValidation ? val : await value(parts.test, 'test')
    context.emit({
      type: 'log',
      level: 'info',
      message: `${how}: ${train.count} images to train, ${val.count} to validate, ${useValidation ? 'none of their own' : test.count} to test.`,
    })
    return { train, val, test }
  },
})

function divide(
  samples: readonly Sample[],
  settings: Params,
  images: DatasetValue,
): { readonly parts: SplitParts; readonly how: string } {
  const task = findTask(images.task)
  const hasOwn = samples.some((sample) => sample.split !== undefined)
  if (settings.method === 'own' && !hasOwn) {
    throw new NodeError(
      'method',
      `"${images.name}" has no split of its own.`,
      'Choose "auto" or "random", or sort the images into train and val folders.',
    )
  }
  const { valFraction: val, testFraction: test, stratify, seed, folds, fold } = settings
  if (folds > 1) {
    const kept = settings.method === 'random' ? samples : samples.filter((sample) => sample.split !== 'test')
    return {
      parts: splitSamples(kept, { val, test, stratify, seed, task, crossValidation: { folds, fold } }),
      how: `Fold ${fold} of ${folds}, drawn with seed ${seed}${kept.length < samples.length ? ", without the source's own test images" : ''}`,
    }
  }
  if (settings.method === 'random' || !hasOwn) {
    return { parts: splitSamples(samples, { val, test, stratify, seed, task }), how: `Drawn with seed ${seed}` }
  }
  const own = ownParts(samples, images)
  if (own.val.length > 0) return { parts: own, how: "The source's own split" }
  const carved = splitSamples(own.train, { val, test: 0, stratify, seed, task })
  return {
    parts: { train: carved.train, val: carved.val, test: own.test },
    how: `The source's own split, with validation drawn from its training images with seed ${seed}`,
  }
}

/** Images without a split of their own, next to others with one, train. */
function ownParts(samples: readonly Sample[], images: DatasetValue): SplitParts {
  const pick = (name: 'train' | 'val' | 'test'): readonly Sample[] =>
    sortById(samples.filter((sample) => (sample.split ?? 'train') === name))
  const parts = { train: pick('train'), val: pick('val'), test: pick('test') }
  if (parts.train.length > 0) return parts
  throw new NodeError(
    'method',
    `"${images.name}" has a split of its own, but no training images in it.`,
    'Choose "random", or add images to its train folder.',
  )
}

/** A part of the images, as a data set of its own. */
export function partOf(
  images: DatasetValue,
  samples: readonly Sample[],
  name: SplitName,
  how: string,
  context: NodeContext,
): Promise<DatasetValue> {
  const marked = samples.map((sample) => (name === 'all' ? sample : { ...sample, split: name }))
  const { kind, task, classNames, transforms, skipped, provenance, root, values } = images
  return withSamples(
    {
      kind,
      task,
      split: name,
      name: images.name,
      classNames,
      transforms,
      skipped,
      provenance: [...provenance, `Split: ${how}; ${name}`],
      ...(root === undefined ? {} : { root }),
      ...(values === undefined ? {} : { values }),
    },
    marked,
    context.store,
  )
}

function warnOfThinClasses(parts: SplitParts, { classNames }: DatasetValue, context: NodeContext): void {
  const count = (samples: readonly Sample[]): readonly number[] => countPerClass(samples, classNames.length)
  const [train, val] = [count(parts.train), count(parts.val)]
  const named = (matches: (label: number) => boolean): string =>
    classNames
      .filter((_, label) => matches(label))
      .slice(0, 20)
      .join(', ')
  const untrained = named((label) => train[label] === 0)
  const single = named((label) => train[label] === 1)
  const unvalidated = named((label) => must(train[label], 'the count of a class') > 0 && val[label] === 0)
  if (untrained !== '') warn(context, `No training image of: ${untrained}. These classes can't be learnt; add images.`)
  if (single !== '') warn(context, `Only one training image of: ${single}. Expect poor results for it; add images.`)
  if (unvalidated !== '' && parts.val.length > 0)
    warn(context, `No validation image of: ${unvalidated}. Its accuracy is not measured; add images.`)
}

function warn(context: NodeContext, message: string): void {
  context.emit({ type: 'log', level: 'warning', message })
}
