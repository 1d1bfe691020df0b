import { z } from 'zod'
import { jsonNumber } from '../fields.js'

/** A point of a curve, as in `metric` events. */
export const curvePointSchema = z.object({
  name: z.string(),
  split: z.string(),
  phase: z.string(),
  epoch: z.number(),
  step: z.number(),
  value: jsonNumber,
})
export type CurvePoint = Readonly<z.output<typeof curvePointSchema>>
