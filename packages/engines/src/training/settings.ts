import { z } from 'zod'
import { findSchedule, scheduleSettings } from './schedules/index.js'

const fraction = z.number().min(0).lt(1)
const weightDecay = z
  .number()
  .min(0)
  .default(0)
  .describe('Weight decay on weights; biases and normalisation parameters are always exempt.')
const adamFields = {
  beta1: fraction.default(0.9),
  beta2: fraction.default(0.999),
  epsilon: z.number().positive().default(1e-8),
}

export const optimizerSettings = z.discriminatedUnion('name', [
  z.strictObject({
    name: z.literal('sgd'),
    momentum: fraction.default(0.9),
    nesterov: z.boolean().default(false),
    weightDecay,
  }),
  z.strictObject({ name: z.literal('adam'), ...adamFields, weightDecay }),
  z.strictObject({ name: z.literal('adamw'), ...adamFields, weightDecay: weightDecay.default(1e-4) }),
])

export const earlyStoppingSettings = z.strictObject({
  metric: z.string().default('loss').describe('Validation metric of the task to watch.'),
  patience: z.int().min(1).default(5).describe('Stop after this many epochs in a row without improvement.'),
  minDelta: z.number().min(0).default(0).describe('Smallest change that counts as an improvement.'),
})

const fields = z.strictObject({
  epochs: z.int().min(1).max(100_000).default(20),
  batchSize: z
    .union([z.literal('auto'), z.int().min(1).max(65_536)])
    .default(32)
    .describe('Images per optimizer step; auto: as many as memory and the number of images allow, at most 64.'),
  learningRate: z.number().positive().default(1e-3),
  optimizer: optimizerSettings.default({ name: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 1e-4 }),
  schedule: scheduleSettings.default({ name: 'constant' }),
  warmupFraction: z
    .number()
    .min(0)
    .max(0.9)
    .default(0)
    .describe('Share of all steps spent rising linearly to the full learning rate.'),
  stageMultipliers: z
    .record(z.string(), z.number().positive())
    .default({})
    .describe('Multiplier on the learning rate by stage name.'),
  layerDecay: z
    .number()
    .positive()
    .max(1)
    .default(1)
    .describe('Multiplier per stage away from the head: scale = decay ^ distance.'),
  headMultiplier: z.number().positive().default(1).describe('Multiplier on the learning rate of the head.'),
  labelSmoothing: fraction.default(0),
  classWeights: z.union([z.enum(['none', 'balanced', 'sqrt']), z.array(z.number().min(0))]).default('none'),
  clipNorm: z
    .number()
    .positive()
    .nullable()
    .default(null)
    .describe('Largest norm of the whole gradient; empty: no clipping.'),
  earlyStopping: earlyStoppingSettings.nullable().default(null),
  restoreBest: z.boolean().default(true).describe('Give back the weights of the best epoch instead of the last.'),
  shuffle: z.boolean().default(true),
  dropLast: z
    .enum(['auto', 'always', 'never'])
    .default('auto')
    .describe(
      'Whether the last, smaller batch is skipped. Auto: only when it has one image and batch statistics are in use.',
    ),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(0),
  views: z
    .int()
    .min(0)
    .nullable()
    .default(null)
    .describe('Augmented views per image that are cached; 0 or empty: a new one every epoch (exact).'),
  cacheFeatures: z
    .enum(['auto', 'on', 'off'])
    .default('auto')
    .describe('Whether results of the frozen part are kept on disk.'),
})

/** How to train: what `fit` takes, with defaults for everything. */
export const trainSettings = fields.superRefine((settings, context) => {
  if (settings.warmupFraction > 0 && findSchedule(settings.schedule.name).warmsUp) {
    context.addIssue({
      code: 'custom',
      path: ['warmupFraction'],
      message: `the ${settings.schedule.name} schedule warms up by itself, so it can't be combined with a warm-up; set warmupFraction to 0 or choose another schedule`,
    })
  }
  if (settings.optimizer.name === 'sgd' && settings.optimizer.nesterov && settings.optimizer.momentum === 0) {
    context.addIssue({
      code: 'custom',
      path: ['optimizer', 'nesterov'],
      message: 'Nesterov momentum needs a momentum above 0; raise momentum or switch nesterov off',
    })
  }
})

/** The fields one by one, for a form that embeds them (`trainSettings` adds the rules between fields). */
export const trainSettingsFields = fields

/** Settings with everything decided: the batch size is a number. */
export type TrainSettings = Omit<z.output<typeof trainSettings>, 'batchSize'> & { readonly batchSize: number }
export type ParsedTrainSettings = z.output<typeof trainSettings>
export type TrainSettingsInput = z.input<typeof trainSettings>
export type EarlyStoppingSettings = z.output<typeof earlyStoppingSettings>
