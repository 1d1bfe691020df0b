import { z } from 'zod'
import { splits } from '../../splits.js'
import { jsonNumber } from '../fields.js'
import { scoresSchema } from '../scores.js'

/** What every evaluation tells, whatever was learned; the detail of a task adds its own. */
export const evaluationFields = {
  title: z.string(),
  split: z.enum(splits),
  count: z.int().min(0),
  scores: scoresSchema,
  /** 95% intervals by name of the metric, where one is known. */
  intervals: z.record(z.string(), z.tuple([jsonNumber, jsonNumber]).readonly()).readonly(),
  /** What the network was trained on, where it was never meant for images like these. */
  foreignTo: z.string().exactOptional(),
} as const
