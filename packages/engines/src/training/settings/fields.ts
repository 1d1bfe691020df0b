import { z } from 'zod'
import { optimizerCode, optimizerForm, optimizerNames } from '../../optimizers/index.js'
import { tasks } from '../../tasks/index.js'
import { aidForm } from '../aids/index.js'
import { scheduleSettings } from '../schedules/index.js'
import { plateau } from '../schedules/plateau.js'
import { step } from '../schedules/step.js'

const advanced = true
const curves = [...new Set(tasks.flatMap((task) => task.curves))]
const scheduleNames = scheduleSettings.options.map(({ shape }) => shape.name.value)

/** How much each class counts, as a form offers it; in code, a list of weights may stand in its place. */
const classWeights = z.enum(['none', 'balanced', 'sqrt']).default('none').meta({
  title: 'Class weights',
  description: '`balanced` makes rare classes count as much as frequent ones; `sqrt` goes half way.',
})

/**
 * What a training can be set to, flat, so that a form and `--set train.field=value` reach every field: names, bounds,
 * defaults and words, for the loop and for every form. The form of Train shows them in this order.
 */
export const formFields = {
  method: z.enum(['descent', 'solver', 'leastSquares', 'classMeans', 'nearestNeighbours']).default('descent').meta({
    title: 'Method',
    description:
      'Gradient `descent` trains whatever is not frozen, step by step. `solver` finds the best weights of the last linear layer at once, in seconds, when all before it is frozen. `leastSquares` averages regressions over weights of stages and penalties by how well each explains the training images, instead of choosing one: best with few images and a head on all stages. `classMeans` gives it the mean of each class, the cheapest baseline. `nearestNeighbours` puts the features of the training images in its place, each with a vote by its nearness; the network then carries them. These need no epochs, learning rate, batch size, optimizer or schedule, and ignore them.',
  }),
  penalty: z.number().min(0).max(1e9).default(0).meta({
    title: 'Penalty',
    description:
      'Solver and least squares: how much large weights cost (scikit-learn: C = 1 / (penalty x images), on standardised features). 0: the solver chooses by cross-validation on the training images, least squares averages.',
    advanced,
  }),
  epochs: z
    .int()
    .min(1)
    .max(10_000)
    .default(30)
    .meta({ title: 'Epochs', description: 'Passes over the training images.', unit: 'epochs' }),
  batchSize: z.int().min(0).max(4096).default(32).meta({
    title: 'Batch size',
    description: 'Images per optimizer step. 0: as many as memory and the number of images allow, at most 64.',
    unit: 'images',
  }),
  learningRate: z.number().positive().max(100).default(1e-3).meta({
    title: 'Learning rate',
    description: 'Peak rate of the head. Adam-like optimizers: about 0.001; SGD: about 0.01.',
  }),
  backboneMultiplier: z.number().min(0).max(10).default(0.1).meta({
    title: 'Backbone multiplier',
    description:
      'Learning rate of unfrozen backbone stages, relative to the head: pre-trained weights want smaller steps. 0: they stay as they are.',
    advanced,
  }),
  layerDecay: z.number().min(0.01).max(1).default(1).meta({
    title: 'Layer decay',
    description: 'Each stage further from the head learns slower by this factor. 1: all the same.',
    advanced,
  }),
  stageMultipliers: z.record(z.string(), z.number().min(0).max(100)).default({}).meta({
    title: 'Stage multipliers',
    description: 'Learning-rate factors by stage name; replaces the two above for that stage. 0: it stays as it is.',
    advanced,
  }),
  optimizer: z.enum(optimizerNames).default('adamw').meta({
    title: 'Optimizer',
    description: 'AdamW is a safe choice; SGD with momentum often ends a little better with a tuned rate.',
  }),
  weightDecay: z
    .number()
    .min(0)
    .max(10)
    .default(1e-2)
    .meta({ title: 'Weight decay', description: 'Never applied to biases and normalisation.', advanced }),
  ...optimizerForm,
  schedule: z
    .enum(scheduleNames)
    .default('cosine')
    .meta({ title: 'Schedule', description: 'How the rate changes over the run.' }),
  warmup: z.number().min(0).max(0.9).default(0).meta({
    title: 'Warm-up',
    description: 'Share of the steps during which the rate rises from zero (not for one-cycle).',
    advanced,
  }),
  stepEvery: step.options.shape.everyEpochs.meta({
    title: 'Step every',
    description: 'Step schedule: epochs between drops.',
    unit: 'epochs',
    advanced,
  }),
  stepFactor: step.options.shape.factor.meta({
    title: 'Step factor',
    description: 'Schedules step and plateau: factor of each drop.',
    advanced,
  }),
  plateauPatience: plateau.options.shape.patience.meta({
    title: 'Plateau patience',
    description:
      'Schedule plateau: epochs without improvement of the monitored value that are borne before the rate drops. Without validation images the training loss is watched.',
    unit: 'epochs',
    advanced,
  }),
  labelSmoothing: z
    .number()
    .min(0)
    .max(0.9)
    .default(0)
    .meta({ title: 'Label smoothing', description: 'Share of the target spread over all classes.', advanced }),
  classWeights,
  sampling: z.enum(['all', 'balanced']).default('all').meta({
    title: 'Sampling',
    description:
      '`all`: every image once an epoch. `balanced`: all classes equally often, so that images of rare ones come several times and of frequent ones not all.',
    advanced,
  }),
  mix: z.enum(['none', 'mixup', 'cutmix', 'either']).default('none').meta({
    title: 'Mix images',
    description:
      'Pairs of images are added up (`mixup`) or cut into one another (`cutmix`), their classes in proportion. Helps when much of the network trains for many epochs; not on the kept features of a frozen backbone.',
    advanced,
  }),
  mixAlpha: z.number().min(0.01).max(10).default(0.2).meta({
    title: 'Mixing strength',
    description: 'Both shares are drawn from Beta(a, a). 0.2: one image mostly prevails; 1: any share.',
    advanced,
  }),
  ...aidForm,
  clipNorm: z
    .number()
    .min(0)
    .default(0)
    .meta({ title: 'Clip gradients', description: 'Largest global gradient norm. 0: no clipping.', advanced }),
  patience: z.int().min(0).default(0).meta({
    title: 'Patience',
    description: 'Stop when the monitored validation value has not improved for this many epochs. 0: never.',
    unit: 'epochs',
  }),
  monitor: z.enum(curves).default('loss').meta({
    title: 'Monitor',
    description: 'Validation value for early stopping and for choosing the best epoch.',
    advanced,
  }),
  restoreBest: z.boolean().default(true).meta({
    title: 'Keep the best epoch',
    description: 'End with the weights of the best validation epoch instead of the last.',
    advanced,
  }),
  views: z.int().min(0).max(10_000).default(0).meta({
    title: 'Cached views',
    description:
      'Differently augmented views per image that are drawn and reused. 0: a new one every epoch (exact). Fewer is faster with a frozen backbone.',
    unit: 'views',
    advanced,
  }),
  cacheFeatures: z.enum(['auto', 'on', 'off']).default('auto').meta({
    title: 'Cache features',
    description: 'Keep the outputs of the frozen part on disk, so that it runs once per image and view.',
    advanced,
  }),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(1)
    .meta({
      title: 'Seed',
      description:
        'Seed of shuffling, augmentation and dropout. Same graph, seed and engine: same weights, bit for bit.',
      advanced,
    }),
} as const

/** What only code sets: no form shows it. */
export const codeFields = {
  classWeights: z.union([classWeights.unwrap(), z.array(z.number().min(0))]).default('none'),
  ...optimizerCode,
  minDelta: z.number().min(0).default(0).describe('Smallest change of the monitored value that is an improvement.'),
  shuffle: z.boolean().default(true),
  dropLast: z
    .enum(['auto', 'always', 'never'])
    .default('auto')
    .describe(
      'Whether the last, smaller batch is skipped. Auto: only when it has one image and batch statistics are in use.',
    ),
} as const
