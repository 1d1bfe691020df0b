import { z } from 'zod'
import { jsonNumber } from '../fields.js'

/**
 * Where a point stands on the axis of its curve: `epoch` (a fraction within an epoch), `step` or `images`, all counted
 * from the start of the phase, or whatever was varied (`learningRate`). Events of Graft 0.1.0 don't have it.
 */
export const curveXSchema = z.object({ name: z.string(), value: z.number() })
export type CurveX = Readonly<z.output<typeof curveXSchema>>

/** A point of a curve, as in `metric` events. */
export const curvePointSchema = z.object({
  name: z.string(),
  split: z.string(),
  phase: z.string(),
  epoch: z.number(),
  step: z.number(),
  value: jsonNumber,
  x: curveXSchema.exactOptional(),
})
export type CurvePoint = Readonly<z.output<typeof curvePointSchema>>
