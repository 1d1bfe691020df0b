import { z } from 'zod'
import { engineDevices } from '../engine.js'

export const figureNames = [
  'convolution',
  'depthwise',
  'matrixProduct',
  'callMilliseconds',
  'trainedConvolution',
  'trainedDepthwise',
  'trainedMatrixProduct',
  'trainedParameters',
  'stepMilliseconds',
] as const

/** Parent to child: what to measure, once. */
export const toMeasuringChild = z.object({
  id: z.string(),
  device: z.enum(engineDevices),
  milliseconds: z.number(),
})
export type ToMeasuringChild = z.output<typeof toMeasuringChild>

export const fromMeasuringChild = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  /** The engine answers; figures follow. */
  z.object({ type: z.literal('loaded') }),
  z.object({ type: z.literal('figure'), name: z.enum(figureNames), value: z.number() }),
  z.object({ type: z.literal('done') }),
  z.object({ type: z.literal('failed'), reason: z.string() }),
])
export type FromMeasuringChild = z.output<typeof fromMeasuringChild>
