import { z } from 'zod'
import { blobReferenceSchema } from './values/blob-reference.js'
import { curveXSchema } from './values/details/curve-point.js'
import { metricDescriptionSchema } from './values/scores.js'

/** A `Problem` as JSON. */
export const problemSchema = z.object({
  code: z.string(),
  severity: z.enum(['error', 'warning', 'info']),
  node: z.string().exactOptional(),
  field: z.string().exactOptional(),
  edge: z.string().exactOptional(),
  subject: z.string().exactOptional(),
  message: z.string(),
  fix: z.string(),
})
const node = { node: z.string() }
/** Every stored file that the outputs need, those that other files refer to included. */
const blobs = z.array(z.string()).exactOptional()
/** The one device that the run computes on, as soon as that is known. */
const device = z.string().exactOptional()

/** One measured value on a curve: fields of the `metric` event, and of the points that a run's state keeps. */
export const metricPoint = {
  name: z.string(),
  split: z.string(),
  phase: z.string(),
  epoch: z.number(),
  step: z.number(),
  value: z.number(),
  x: curveXSchema.exactOptional(),
  /** What it measures; under another name, where it shows that metric more finely: `stepLoss`, the loss of every batch. */
  metric: metricDescriptionSchema.exactOptional(),
} as const

/** What happened, without the envelope. Every kind of run event is listed here once. */
export const runEventBody = z.discriminatedUnion('type', [
  z.object({ type: z.literal('run-queued') }),
  z.object({
    type: z.literal('run-started'),
    graph: z.string(),
    nodes: z.array(z.string()),
    engine: z.string(),
    device,
  }),
  /** Which engines were taken after all, where that depended on the network; with a reason where there was a choice. */
  z.object({ type: z.literal('engine-chosen'), engine: z.string(), device, reason: z.string().exactOptional() }),
  z.object({ type: z.literal('node-queued'), ...node }),
  z.object({ type: z.literal('node-started'), ...node, reason: z.string().optional() }),
  z.object({
    type: z.literal('node-cached'),
    ...node,
    reason: z.string(),
    outputs: z.record(z.string(), z.unknown()),
    blobs,
  }),
  z.object({
    type: z.literal('node-progress'),
    ...node,
    done: z.number(),
    total: z.number(),
    unit: z.string(),
    etaSeconds: z.number().nullable(),
    /** Images in one unit, where the unit is not an image itself: a training step. */
    imagesPerUnit: z.number().exactOptional(),
  }),
  z.object({
    type: z.literal('metric'),
    ...node,
    ...metricPoint,
  }),
  z.object({ type: z.literal('preview'), ...node, title: z.string(), blob: blobReferenceSchema }),
  /** What a node that is still at work has found so far: the detail of its metrics. The newest one counts. */
  z.object({ type: z.literal('interim'), ...node, detail: blobReferenceSchema }),
  z.object({
    type: z.literal('log'),
    node: z.string().optional(),
    level: z.enum(['info', 'warning']),
    message: z.string(),
  }),
  z.object({
    type: z.literal('node-finished'),
    ...node,
    outputs: z.record(z.string(), z.unknown()),
    milliseconds: z.number(),
    blobs,
  }),
  z.object({ type: z.literal('node-failed'), ...node, problem: problemSchema }),
  /** The process that executed the run is gone (killed, or stopped with its server); the run can be resumed. */
  z.object({ type: z.literal('run-interrupted'), message: z.string() }),
  z.object({
    type: z.literal('run-finished'),
    status: z.enum(['succeeded', 'failed', 'cancelled']),
    outputs: z.record(z.string(), z.record(z.string(), z.unknown())),
    milliseconds: z.number(),
  }),
])
export type RunEventBody = z.output<typeof runEventBody>

/** Reads a run event from JSON. */
export const runEventSchema = z.intersection(
  runEventBody,
  z.object({ run: z.string(), sequence: z.int().min(0), time: z.string() }),
)

/**
 * A run event as stored, printed with `--json` and sent over the wire: any reader can catch up from a sequence number.
 */
export type RunEvent = RunEventBody & { readonly run: string; readonly sequence: number; readonly time: string }
