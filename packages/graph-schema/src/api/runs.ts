import { z } from 'zod'
import { documentSchema } from '../document.js'
import { runEventSchema } from '../events.js'
import { anyDocumentSchema } from './catalogue.js'
import { defineEndpoint } from './endpoint.js'
import { countInQuery, draftIdSchema, graphIdSchema, runIdSchema } from './ids.js'
import { nodeRunStateSchema, runStateSchema } from './run-state.js'
import { engineChoiceSchema, runSummarySchema } from './run-summary.js'

const nothing = z.object({})
const params = z.object({ id: runIdSchema })
const oneRun = z.object({ run: runSummarySchema })
const count = z.object({ count: z.int().min(0) })

export const startRunSchema = z.object({
  document: anyDocumentSchema,
  graphId: graphIdSchema.exactOptional(),
  /** The draft that it is a run of, where the graph isn't saved yet. */
  draft: draftIdSchema.exactOptional(),
  /** Run only what this node (or these nodes) need. */
  to: z.union([z.string().max(64), z.array(z.string().max(64)).max(1000)]).exactOptional(),
  engine: engineChoiceSchema.default('auto'),
  /** What the engine computes on; `auto`: what is expected to be fastest for the network. */
  device: engineChoiceSchema.default('auto'),
  /** Before everything that waits. */
  front: z.boolean().default(false),
  /** Higher runs earlier. */
  priority: z.int().min(-1000).max(1000).default(0),
  /** Run everything, whether it changed or not. */
  ignoreCache: z.boolean().default(false),
})
export type StartRun = z.input<typeof startRunSchema>

export const runDetailSchema = z.object({
  run: runSummarySchema,
  document: documentSchema,
  nodes: z.record(z.string(), nodeRunStateSchema),
  /** All that the events add up to; `nodes` is a part of it. */
  state: runStateSchema,
})
export type RunDetail = z.output<typeof runDetailSchema>

export const queueSchema = z.object({
  running: z.array(runSummarySchema),
  queued: z.array(runSummarySchema),
  /** Until the queue is empty, from how long like runs took; null when that isn't known. */
  etaSeconds: z.number().nullable(),
})
export type Queue = z.output<typeof queueSchema>

/** Runs: started, watched, stopped, resumed. */
export const runEndpoints = {
  startRun: defineEndpoint({
    method: 'POST',
    path: '/runs',
    group: 'runs',
    summary: 'Puts a run into the queue.',
    params: nothing,
    query: nothing,
    body: startRunSchema,
    response: oneRun,
    status: 202,
    refusals: [422],
  }),
  listRuns: defineEndpoint({
    method: 'GET',
    path: '/runs',
    group: 'runs',
    summary: 'Runs, newest first; `before` takes the id of the last one of the page before.',
    params: nothing,
    query: z.object({
      limit: countInQuery(1, 500).default(50),
      before: runIdSchema.exactOptional(),
      graph: graphIdSchema.exactOptional(),
      draft: draftIdSchema.exactOptional(),
    }),
    body: null,
    response: z.object({ runs: z.array(runSummarySchema) }),
    status: 200,
  }),
  getRun: defineEndpoint({
    method: 'GET',
    path: '/runs/{id}',
    group: 'runs',
    summary: 'A run with its document and the state of every node.',
    params,
    query: nothing,
    body: null,
    response: runDetailSchema,
    status: 200,
  }),
  cancelRun: defineEndpoint({
    method: 'POST',
    path: '/runs/{id}/cancel',
    group: 'runs',
    summary: 'Stops a run, or takes it out of the queue.',
    params,
    query: nothing,
    body: null,
    response: oneRun,
    status: 202,
    refusals: [409],
  }),
  resumeRun: defineEndpoint({
    method: 'POST',
    path: '/runs/{id}/resume',
    group: 'runs',
    summary:
      'Goes on with a run that was interrupted, cancelled or failed: finished nodes are reused, training starts at its last checkpoint.',
    params,
    query: nothing,
    body: null,
    response: oneRun,
    status: 202,
    refusals: [409],
  }),
  deleteRun: defineEndpoint({
    method: 'DELETE',
    path: '/runs/{id}',
    group: 'runs',
    summary: 'Forgets a run that is over. Its artifacts go with the next clean-up.',
    params,
    query: nothing,
    body: null,
    response: null,
    status: 204,
    refusals: [409],
  }),
  describeRun: defineEndpoint({
    method: 'PUT',
    path: '/runs/{id}/description',
    group: 'runs',
    summary: 'Gives a run a name and notes; an empty text takes one away.',
    params,
    query: nothing,
    body: z.object({ name: z.string().max(200), notes: z.string().max(5000) }),
    response: oneRun,
    status: 200,
  }),
  cancelAllRuns: defineEndpoint({
    method: 'POST',
    path: '/runs/cancel-all',
    group: 'runs',
    summary: 'Stops every run and empties the queue.',
    params: nothing,
    query: nothing,
    body: null,
    response: count,
    status: 202,
  }),
  moveRunToFront: defineEndpoint({
    method: 'POST',
    path: '/runs/{id}/front',
    group: 'runs',
    summary: 'Moves a waiting run before all others.',
    params,
    query: nothing,
    body: null,
    response: oneRun,
    status: 200,
    refusals: [409],
  }),
  listRunEvents: defineEndpoint({
    method: 'GET',
    path: '/runs/{id}/events',
    group: 'runs',
    summary: 'The events of a run from a sequence number on; `next` is where to go on.',
    params,
    query: z.object({ from: countInQuery(0, 1e12).default(0), limit: countInQuery(1, 5000).default(1000) }),
    body: null,
    response: z.object({ events: z.array(runEventSchema), next: z.int().min(0) }),
    status: 200,
  }),
  getQueue: defineEndpoint({
    method: 'GET',
    path: '/queue',
    group: 'runs',
    summary: 'What runs and what waits, in order.',
    params: nothing,
    query: nothing,
    body: null,
    response: queueSchema,
    status: 200,
  }),
} as const
