import { z } from 'zod'
import { problemSchema } from '../events.js'
import { splits } from '../splits.js'
import { metricDescriptionSchema } from '../values/scores.js'
import { draftIdSchema, graphIdSchema, runIdSchema, timeSchema } from './ids.js'

export const runStatuses = ['queued', 'running', 'succeeded', 'failed', 'cancelled', 'interrupted'] as const
export type RunStatus = (typeof runStatuses)[number]

/** What a run is good for, in one line of a list: its primary metric. */
export const headlineSchema = z.object({
  metric: metricDescriptionSchema,
  value: z.number(),
  count: z.number(),
  split: z.enum(splits),
})
export type Headline = z.output<typeof headlineSchema>

/**
 * An engine or a device by name, or `auto`. Which there are, the engines themselves say (`GET /engines`); the one who starts
 * runs refuses others.
 */
export const engineChoiceSchema = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/, 'Expected "auto", or a name in small letters, as in the list of engines.')

/** A run as lists show it. */
export const runSummarySchema = z.object({
  id: runIdSchema,
  graphId: graphIdSchema.exactOptional(),
  /** The draft that it was started from, where the graph was not saved then. */
  draft: draftIdSchema.exactOptional(),
  graphName: z.string(),
  /** What a person calls it, and what they noted about it. */
  name: z.string().exactOptional(),
  notes: z.string().exactOptional(),
  /** The data set and the network that it is about, in a word or two. */
  data: z.string().exactOptional(),
  network: z.string().exactOptional(),
  status: z.enum(runStatuses),
  createdAt: timeSchema,
  startedAt: timeSchema.exactOptional(),
  finishedAt: timeSchema.exactOptional(),
  /**
   * How long it has been running, counted since the system started, which no set clock changes; absent where it isn't
   * running or the system doesn't tell.
   */
  runningMilliseconds: z.number().min(0).exactOptional(),
  /** What was asked for; the events say what was used. */
  engine: engineChoiceSchema,
  problem: problemSchema.exactOptional(),
  headline: headlineSchema.exactOptional(),
  /** Nodes that are done, of those that are to run. */
  progress: z.object({ done: z.number(), total: z.number() }).exactOptional(),
  /** What it computes on; what was asked for (`auto`) as long as that is open. */
  device: z.string(),
  /** The worker that it runs on, or ran on last; absent: the server's own machine. */
  host: z.string().exactOptional(),
  /** Higher runs earlier. */
  priority: z.number(),
  /** How often it was started; more than 1 once resumed. */
  attempts: z.int().min(0),
})
export type RunSummary = z.output<typeof runSummarySchema>
