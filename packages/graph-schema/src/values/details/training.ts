import { z } from 'zod'
import { jsonNumber, list } from '../fields.js'
import { metricDescriptionSchema } from '../scores.js'
import { curvePointSchema } from './curve-point.js'

/** sha256 over the float32 bytes of one parameter (or running statistic), before and after training. */
export const freezeProofEntrySchema = z.object({
  parameter: z.string(),
  statistic: z.boolean(),
  before: z.string(),
  after: z.string(),
  identical: z.boolean(),
})
export type FreezeProofEntry = Readonly<z.output<typeof freezeProofEntrySchema>>

/** How a head came about that was computed at once instead of trained step by step. */
const solverSchema = z.object({
  setting: z.object({ name: z.enum(['penalty', 'sharpness']), value: z.number() }),
  /** How much each stage counts that the head reads, from the first to the last. */
  stages: list(z.object({ stage: z.string(), weight: z.number() })),
  /** What the choice came to on training images that its heads had not seen. Null: nothing was compared. */
  validated: z.object({ loss: jsonNumber, hitRate: jsonNumber }).nullable(),
  /** What was compared, by the mean loss on training images that their heads had not seen. */
  candidates: list(z.object({ value: z.number(), loss: jsonNumber, hitRate: jsonNumber })),
  /** Null: class means and neighbours have none. */
  optimum: z
    .object({ iterations: z.number(), gradientNorm: z.number(), objective: z.number(), converged: z.boolean() })
    .nullable(),
})

/** How a training went, and the proof that what was frozen did not move. */
export const trainingDetailSchema = z.object({
  kind: z.literal('training'),
  title: z.string(),
  phase: z.string(),
  curves: list(curvePointSchema),
  /** What the curves show, by their name. */
  metrics: z.record(z.string(), metricDescriptionSchema).readonly(),
  settings: z.record(z.string(), z.unknown()).readonly(),
  classNames: list(z.string()),
  epochs: z.number(),
  bestEpoch: z.number(),
  stoppedEarly: z.boolean(),
  seconds: z.number(),
  imagesPerSecond: jsonNumber,
  engine: z.string(),
  /** What was frozen and run once, what was stepped, how many cached features were reused. */
  prefix: z.object({
    layers: z.number(),
    boundary: z.string().nullable(),
    cached: z.number(),
    computed: z.number(),
    bytes: z.number(),
  }),
  trainableParameters: z.number(),
  totalParameters: z.number(),
  /** Every frozen parameter and every frozen batch-norm statistic of the network. */
  freezeProof: list(freezeProofEntrySchema),
  /** sha256 over all parameters after training. */
  weightsHash: z.string(),
  /** The epochs whose weights the result is the mean of. Absent: it is that of the best one. */
  joinedEpochs: list(z.number()).exactOptional(),
  /** What helped it along, a sentence each. */
  aids: list(z.string()).exactOptional(),
  /** Absent: trained by gradient descent. */
  solver: solverSchema.exactOptional(),
})
export type TrainingDetail = Readonly<z.output<typeof trainingDetailSchema>>
