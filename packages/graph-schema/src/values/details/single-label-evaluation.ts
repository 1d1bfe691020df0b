import { z } from 'zod'
import { blobReferenceSchema } from '../blob-reference.js'
import { jsonNumber, list } from '../fields.js'
import { evaluationFields } from './evaluation.js'

const classIndex = z.int()

const classScoreSchema = z.object({
  name: z.string(),
  support: z.number(),
  precision: jsonNumber,
  recall: jsonNumber,
  f1: jsonNumber,
})
export type ClassScore = Readonly<z.output<typeof classScoreSchema>>

const topLossSchema = z.object({
  id: z.string(),
  label: classIndex,
  prediction: classIndex,
  probability: jsonNumber,
  loss: jsonNumber,
  /** Small JPEG. */
  thumbnail: blobReferenceSchema,
})
export type TopLoss = Readonly<z.output<typeof topLossSchema>>

/** An evaluation where every sample has one right class. */
export const singleLabelEvaluationSchema = z.object({
  kind: z.literal('single-label-evaluation'),
  ...evaluationFields,
  classNames: list(z.string()),
  calibrationBins: list(
    z.object({ low: jsonNumber, high: jsonNumber, count: z.number(), confidence: jsonNumber, accuracy: jsonNumber }),
  ),
  /** Rows: true class; columns: predicted class. */
  confusion: list(list(z.number())),
  perClass: list(classScoreSchema),
  mostConfused: list(z.object({ truth: classIndex, prediction: classIndex, count: z.number() })),
  topLosses: list(topLossSchema),
  /** Predicted class of every image, by sample id: for paired comparison of runs. */
  predictions: list(z.object({ id: z.string(), label: classIndex, prediction: classIndex, probability: jsonNumber })),
})
export type SingleLabelEvaluation = Readonly<z.output<typeof singleLabelEvaluationSchema>>
