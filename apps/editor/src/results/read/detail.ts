import { blobReferenceSchema } from '@graft/graph-schema'
import { z } from 'zod'

const number = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NaN)
const label = z.int()

/**
 * Detail blob of a `metrics` value that an evaluation gave, as far as this page shows it (`EvaluationDetail` of
 * @graft/nodes). JSON has no NaN: null stands for it.
 */
export const evaluationDetailSchema = z.object({
  kind: z.literal('evaluation'),
  title: z.string(),
  split: z.string(),
  classNames: z.array(z.string()),
  count: z.number(),
  top1: number,
  top5: z.number().nullable(),
  accuracyInterval: z.tuple([number, number]),
  macroF1: number,
  balancedAccuracy: number,
  loss: number,
  calibrationError: number,
  calibrationBins: z.array(
    z.object({ low: number, high: number, count: z.number(), confidence: number, accuracy: number }),
  ),
  confusion: z.array(z.array(z.number())),
  perClass: z.array(z.object({ name: z.string(), support: z.number(), precision: number, recall: number, f1: number })),
  mostConfused: z.array(z.object({ truth: label, prediction: label, count: z.number() })),
  topLosses: z.array(
    z.object({
      id: z.string(),
      label,
      prediction: label,
      probability: number,
      loss: number,
      thumbnail: blobReferenceSchema,
    }),
  ),
  predictions: z.array(z.object({ id: z.string(), label, prediction: label, probability: number })),
})
export type EvaluationDetail = z.output<typeof evaluationDetailSchema>

/** Detail blob of a `metrics` value that a training gave (`TrainingDetail` of @graft/nodes). */
export const trainingDetailSchema = z.object({
  kind: z.literal('training'),
  title: z.string(),
  phase: z.string(),
  curves: z.array(
    z.object({
      name: z.string(),
      split: z.string(),
      phase: z.string(),
      epoch: z.number(),
      step: z.number(),
      value: number,
    }),
  ),
  settings: z.record(z.string(), z.unknown()),
  classNames: z.array(z.string()),
  epochs: z.number(),
  bestEpoch: z.number(),
  stoppedEarly: z.boolean(),
  seconds: z.number(),
  imagesPerSecond: number,
  engine: z.string(),
  prefix: z.object({
    layers: z.number(),
    boundary: z.string().nullable(),
    cached: z.number(),
    computed: z.number(),
    bytes: z.number(),
  }),
  trainableParameters: z.number(),
  totalParameters: z.number(),
  freezeProof: z.array(z.object({ parameter: z.string(), statistic: z.boolean(), identical: z.boolean() })),
  weightsHash: z.string(),
})
export type TrainingDetail = z.output<typeof trainingDetailSchema>

export const metricsDetailSchema = z.discriminatedUnion('kind', [evaluationDetailSchema, trainingDetailSchema])
export type MetricsDetail = z.output<typeof metricsDetailSchema>
