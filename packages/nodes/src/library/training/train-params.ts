import { z } from 'zod'

const rate = z.number().min(0).max(100)

/** What Train can be set to, flat, so that a form and `--set train.field=value` reach every field. */
export const trainParams = z.strictObject({
  phase: z
    .string()
    .min(1)
    .max(60)
    .default('head')
    .meta({ title: 'Phase', description: 'Name of this phase in curves and report.', advanced: true }),
  epochs: z
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(30)
    .meta({ title: 'Epochs', description: 'Passes over the training images.', unit: 'epochs' }),
  batchSize: z.number().int().min(0).max(4096).default(32).meta({
    title: 'Batch size',
    description: 'Images per optimizer step. 0: as many as memory and the number of images allow, at most 64.',
    unit: 'images',
  }),
  learningRate: rate.default(1e-3).meta({
    title: 'Learning rate',
    description: 'Peak rate of the head. Adam-like optimizers: about 0.001; SGD: about 0.01.',
  }),
  backboneMultiplier: z.number().min(0).max(10).default(0.1).meta({
    title: 'Backbone multiplier',
    description:
      'Learning rate of unfrozen backbone stages, relative to the head: pre-trained weights want smaller steps.',
    advanced: true,
  }),
  layerDecay: z.number().min(0.01).max(1).default(1).meta({
    title: 'Layer decay',
    description: 'Each stage further from the head learns slower by this factor. 1: all the same.',
    advanced: true,
  }),
  stageMultipliers: z.record(z.string(), z.number().min(0).max(100)).default({}).meta({
    title: 'Stage multipliers',
    description: 'Learning-rate factors by stage name; replaces the two above for that stage.',
    advanced: true,
  }),
  optimizer: z.enum(['adamw', 'adam', 'sgd']).default('adamw').meta({
    title: 'Optimizer',
    description: 'AdamW is a safe choice; SGD with momentum often ends a little better with a tuned rate.',
  }),
  weightDecay: z
    .number()
    .min(0)
    .max(10)
    .default(1e-2)
    .meta({ title: 'Weight decay', description: 'Never applied to biases and normalisation.', advanced: true }),
  momentum: z
    .number()
    .min(0)
    .max(0.9999)
    .default(0.9)
    .meta({ title: 'Momentum', description: 'SGD only.', advanced: true }),
  nesterov: z
    .boolean()
    .default(false)
    .meta({ title: 'Nesterov', description: 'SGD only: look ahead.', advanced: true }),
  schedule: z
    .enum(['cosine', 'constant', 'step', 'oneCycle'])
    .default('cosine')
    .meta({ title: 'Schedule', description: 'How the rate changes over the run.' }),
  warmup: z.number().min(0).max(1).default(0).meta({
    title: 'Warm-up',
    description: 'Share of the steps during which the rate rises from zero (not for one-cycle).',
    advanced: true,
  }),
  stepEvery: z
    .number()
    .int()
    .min(1)
    .default(7)
    .meta({ title: 'Step every', description: 'Step schedule: epochs between drops.', unit: 'epochs', advanced: true }),
  stepFactor: z
    .number()
    .min(0)
    .max(1)
    .default(0.1)
    .meta({ title: 'Step factor', description: 'Step schedule: factor of each drop.', advanced: true }),
  labelSmoothing: z
    .number()
    .min(0)
    .max(0.9)
    .default(0)
    .meta({ title: 'Label smoothing', description: 'Share of the target spread over all classes.', advanced: true }),
  classWeights: z.enum(['none', 'balanced', 'sqrt']).default('none').meta({
    title: 'Class weights',
    description: '`balanced` makes rare classes count as much as frequent ones; `sqrt` goes half way.',
  }),
  clipNorm: z
    .number()
    .min(0)
    .default(0)
    .meta({ title: 'Clip gradients', description: 'Largest global gradient norm. 0: no clipping.', advanced: true }),
  patience: z.number().int().min(0).default(0).meta({
    title: 'Patience',
    description: 'Stop when the monitored validation value has not improved for this many epochs. 0: never.',
    unit: 'epochs',
  }),
  monitor: z.enum(['loss', 'accuracy', 'macroF1']).default('loss').meta({
    title: 'Monitor',
    description: 'Validation value for early stopping and for choosing the best epoch.',
    advanced: true,
  }),
  restoreBest: z.boolean().default(true).meta({
    title: 'Keep the best epoch',
    description: 'End with the weights of the best validation epoch instead of the last.',
    advanced: true,
  }),
  views: z.number().int().min(0).max(10_000).default(0).meta({
    title: 'Cached views',
    description:
      'Differently augmented views per image that are drawn and reused. 0: a new one every epoch (exact). Fewer is faster with a frozen backbone.',
    unit: 'views',
    advanced: true,
  }),
  cacheFeatures: z.enum(['auto', 'on', 'off']).default('auto').meta({
    title: 'Cache features',
    description: 'Keep the outputs of the frozen part on disk, so that it runs once per image and view.',
    advanced: true,
  }),
  seed: z.number().int().min(0).default(1).meta({
    title: 'Seed',
    description: 'Of shuffling, augmentation and dropout. Same graph, seed and engine: same weights, bit for bit.',
    advanced: true,
  }),
})
export type TrainParams = z.output<typeof trainParams>
