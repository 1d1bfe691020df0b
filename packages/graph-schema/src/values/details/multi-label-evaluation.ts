import { z } from 'zod'
import { blobReferenceSchema } from '../blob-reference.js'
import { jsonNumber, list } from '../fields.js'
import { evaluationFields } from './evaluation.js'

const classIndex = z.int()
const answer = {
  id: z.string(),
  label: list(classIndex),
  /** The classes whose probability reached their threshold, likeliest first. */
  prediction: list(classIndex),
  /** One per class. */
  probabilities: list(jsonNumber),
}

const labelScoreSchema = z.object({
  name: z.string(),
  support: z.number(),
  predicted: z.number(),
  threshold: z.number(),
  averagePrecision: jsonNumber,
  precision: jsonNumber,
  recall: jsonNumber,
  f1: jsonNumber,
})
export type LabelScore = Readonly<z.output<typeof labelScoreSchema>>

/** An evaluation where a sample may be of several classes, or of none. */
export const multiLabelEvaluationSchema = z.object({
  kind: z.literal('multi-label-evaluation'),
  ...evaluationFields,
  classNames: list(z.string()),
  /** Classes per image, on average. */
  classesPerImage: z.object({ truth: jsonNumber, predicted: jsonNumber }),
  perClass: list(labelScoreSchema),
  /** Images that have both the class of the row and that of the column; the diagonal counts each class. */
  together: list(list(z.number())),
  /** A class that was missed where another was seen in its place, most frequent first. */
  confused: list(z.object({ truth: classIndex, prediction: classIndex, count: z.number() })),
  topLosses: list(z.object({ ...answer, loss: jsonNumber, thumbnail: blobReferenceSchema })),
  /** What every image was said to be, by sample id: for paired comparison of runs. */
  predictions: list(z.object(answer)),
})
export type MultiLabelEvaluation = Readonly<z.output<typeof multiLabelEvaluationSchema>>
