import { z } from 'zod'
import { metricPoint, problemSchema } from '../events.js'
import { blobReferenceSchema } from '../values/blob-reference.js'
import { metricDescriptionSchema } from '../values/scores.js'
import { runIdSchema, timeSchema } from './ids.js'
import { headlineSchema, runStatuses } from './run-summary.js'

export const nodeStatuses = ['idle', 'queued', 'running', 'cached', 'done', 'failed', 'skipped'] as const
export type NodeStatus = (typeof nodeStatuses)[number]

export const metricPointSchema = z.object(metricPoint)
export type RunMetric = z.output<typeof metricPointSchema>

/** One line of a chart. Long curves are thinned: neighbouring older points are left out, first and last stay. */
export const curveSchema = z.object({
  name: z.string(),
  split: z.string(),
  phase: z.string(),
  /** Name of the x axis; absent in runs of Graft 0.1.0. */
  axis: z.string().exactOptional(),
  /** What it shows; absent for numbers that don't say how good a network is, such as the learning rate. */
  metric: metricDescriptionSchema.exactOptional(),
  points: z
    .array(z.object({ epoch: z.number(), step: z.number(), value: z.number(), x: z.number().exactOptional() }))
    .readonly(),
})
export type Curve = z.output<typeof curveSchema>

export const nodeRunStateSchema = z.object({
  status: z.enum(nodeStatuses),
  /** Why it ran, was reused, or was left out. */
  reason: z.string().exactOptional(),
  progress: z
    .object({
      done: z.number(),
      total: z.number(),
      unit: z.string(),
      etaSeconds: z.number().nullable(),
      imagesPerUnit: z.number().exactOptional(),
    })
    .exactOptional(),
  /** The newest value of every metric, by `split/name`. */
  metrics: z.record(z.string(), metricPointSchema),
  curves: z.array(curveSchema).readonly(),
  problem: problemSchema.exactOptional(),
  outputs: z.record(z.string(), z.unknown()).exactOptional(),
  /** What it has found so far, while it has given nothing yet. */
  interim: blobReferenceSchema.exactOptional(),
  milliseconds: z.number().exactOptional(),
  previews: z.array(z.object({ title: z.string(), blob: blobReferenceSchema })).readonly(),
})
export type NodeRunState = z.output<typeof nodeRunStateSchema>

export const runLogSchema = z.object({
  sequence: z.number(),
  time: timeSchema,
  node: z.string().exactOptional(),
  level: z.enum(['info', 'warning']),
  message: z.string(),
})
export type RunLog = z.output<typeof runLogSchema>

/** All that a viewer shows of a run: what its events add up to. */
export const runStateSchema = z.object({
  run: runIdSchema,
  status: z.enum(runStatuses),
  /** Name of the graph and engines, once started. */
  graph: z.string(),
  engine: z.string(),
  /** Sequence number of the event to come next. */
  next: z.int().min(0),
  startedAt: timeSchema.nullable(),
  finishedAt: timeSchema.nullable(),
  milliseconds: z.number().nullable(),
  nodes: z.record(z.string(), nodeRunStateSchema),
  /** Nodes that the run was for, once it is finished. */
  targets: z.array(z.string()).readonly(),
  headline: headlineSchema.nullable(),
  problem: problemSchema.nullable(),
  /** The newest messages. */
  logs: z.array(runLogSchema).readonly(),
})
export type RunState = z.output<typeof runStateSchema>

/** The state of a run that nothing is known of yet. */
export function emptyRunState(run: string): RunState {
  return {
    run,
    status: 'queued',
    graph: '',
    engine: '',
    next: 0,
    startedAt: null,
    finishedAt: null,
    milliseconds: null,
    nodes: {},
    targets: [],
    headline: null,
    problem: null,
    logs: [],
  }
}
