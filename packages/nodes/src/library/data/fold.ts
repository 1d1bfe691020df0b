import { findTask } from '@graft/engines'
import { z } from 'zod'
import { defineNode } from '../../sdk/define-node.js'
import { seedField } from '../../sdk/fields.js'
import { datasetPort } from '../../sdk/ports.js'
import { readSamples } from '../../sdk/samples.js'
import { splitSamples } from './split-samples.js'
import { partOf } from './split.js'

const params = z.strictObject({
  folds: z.int().min(2).max(20).default(5).meta({
    title: 'Folds',
    description: 'Into how many parts the training images are divided.',
    unit: 'folds',
  }),
  fold: z.int().min(1).max(20).default(1).meta({ title: 'Fold', description: 'Which of them is held out.' }),
  seed: seedField('Seed of the draw. The same images and seed give the same folds.'),
})

export const fold = defineNode({
  type: 'fold',
  version: 1,
  title: 'Fold',
  category: 'Data',
  keywords: ['cross-validation', 'k-fold', 'hold out', 'validation'],
  doc: `Holds one fold of the training images out, to measure on images that were not learned from without touching the test images.
Search cross-validates with it. Put it behind Split: what remains goes to Train, what is held out to Evaluate. Images of one group, and copies of one image, stay together, and the only image of a class trains.`,
  inputs: { images: datasetPort('The training images.', { splits: ['train'] }) },
  outputs: {
    train: datasetPort('All folds but one.', { title: 'Train', splits: ['train'], classesFrom: { port: 'images' } }),
    held: datasetPort('The fold that is held out.', {
      title: 'Held out',
      splits: ['val'],
      classesFrom: { port: 'images' },
    }),
  },
  params,
  validate: ({ folds, fold: chosen }) =>
    chosen <= folds
      ? []
      : [
          {
            code: 'fold/no-such-fold',
            severity: 'error' as const,
            field: 'fold',
            message: `There is no fold ${chosen} of ${folds}.`,
            fix: `Choose one from 1 to ${folds}.`,
          },
        ],
  async run({ inputs: { images }, params: { folds, fold: chosen, seed }, context }) {
    const parts = splitSamples(await readSamples(images, context.store), {
      ...{ val: 0, test: 0, stratify: true, seed, task: findTask(images.task) },
      crossValidation: { folds, fold: chosen },
    })
    const how = `Fold ${chosen} of ${folds}, drawn with seed ${seed}`
    return {
      train: await partOf(images, parts.train, 'train', how, context),
      held: await partOf({ ...images, transforms: [] }, parts.test, 'val', how, context),
    }
  },
})
