import { engineChoiceSchema, headlineSchema, problemSchema, runStatuses } from '@graft/graph-schema'
import type { GraphDocument, RunSummary } from '@graft/graph-schema'
import { z } from 'zod'
import type { RunRequest } from '../process/run-request.js'
import type { Row } from '../database/open-database.js'
import { ageOf, readIdentity } from './process-identity.js'
import type { ProcessIdentity } from './process-identity.js'

const json = <Schema extends z.ZodType>(schema: Schema): z.ZodType<z.output<Schema> | null> =>
  z
    .string()
    .nullable()
    .transform((text) =>
      text === null ? null : schema.parse(JSON.parse(text)),
    ) as unknown as z.ZodType<z.output<Schema> | null>

/** A row of `runs`, as far as lists need it: without the request, which holds the whole document. */
export const summaryColumns =
  'id, created_at, graph_id, graph_name, status, engine, device, priority, started_at, finished_at, done, total, problem, headline, attempts, next_sequence, cancel_requested, owner, worker, name, notes, data, network, draft, host, lease'

const row = z.object({
  id: z.string(),
  created_at: z.string(),
  graph_id: z.string().nullable(),
  graph_name: z.string(),
  status: z.enum(runStatuses),
  engine: engineChoiceSchema,
  device: z.string(),
  priority: z.number(),
  started_at: z.string().nullable(),
  finished_at: z.string().nullable(),
  done: z.number(),
  total: z.number(),
  problem: json(problemSchema),
  headline: json(headlineSchema),
  attempts: z.number(),
  next_sequence: z.number(),
  cancel_requested: z.number(),
  owner: z.string().nullable().transform(readIdentity),
  worker: z.string().nullable().transform(readIdentity),
  name: z.string().nullable(),
  notes: z.string().nullable(),
  data: z.string().nullable(),
  network: z.string().nullable(),
  draft: z.string().nullable(),
  host: z.string().nullable(),
  lease: z.string().nullable(),
})

/** A run without its document and events. */
export interface StoredRun {
  readonly summary: RunSummary
  /** Sequence number of the event to come next. */
  readonly next: number
  readonly cancelRequested: boolean
  /** The process that looks after the run while it says `running`, and the one that executes it. */
  readonly owner: ProcessIdentity | null
  readonly worker: ProcessIdentity | null
  /** Under which another machine executes it; it then belongs to no process here. */
  readonly lease: string | null
}

export function parseRun(value: Row): StoredRun {
  const {
    id,
    created_at,
    graph_id,
    graph_name,
    status,
    engine,
    device,
    priority,
    started_at,
    finished_at,
    done,
    total,
    problem,
    headline,
    attempts,
    next_sequence,
    cancel_requested,
    owner,
    worker,
    lease,
    ...texts
  } = row.parse(value)
  const age = status === 'running' && worker !== null ? ageOf(worker) : null
  return {
    next: next_sequence,
    cancelRequested: cancel_requested !== 0,
    owner,
    worker,
    lease,
    summary: {
      id,
      graphName: graph_name,
      status,
      createdAt: created_at,
      engine,
      device,
      priority,
      attempts,
      ...present(texts),
      ...(graph_id === null ? {} : { graphId: graph_id }),
      ...(started_at === null ? {} : { startedAt: started_at }),
      ...(finished_at === null ? {} : { finishedAt: finished_at }),
      ...(age === null ? {} : { runningMilliseconds: age }),
      ...(problem === null ? {} : { problem }),
      ...(headline === null ? {} : { headline }),
      ...(total === 0 ? {} : { progress: { done, total } }),
    },
  }
}

/** The texts that are there. */
function present<Name extends string>(texts: Readonly<Record<Name, string | null>>): Partial<Record<Name, string>> {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== null)) as Partial<Record<Name, string>>
}

/** For those who go on with runs: a damaged one can't be gone on with, and must not keep the others waiting. */
export function parseRunIfWhole(value: Row): readonly StoredRun[] {
  try {
    return [parseRun(value)]
  } catch {
    return []
  }
}

/** A run for a list: one damaged row must not hide all the others, so it stands there as what it is. */
export function parseRunOrDamage(value: Row): StoredRun {
  try {
    return parseRun(value)
  } catch {
    const { id, created_at, graph_name } = damagedRow.parse(value)
    const problem = {
      code: 'run-damaged',
      severity: 'error',
      message: 'What the database holds of this run is damaged.',
      fix: 'Delete the run.',
    } as const
    return {
      next: 0,
      cancelRequested: false,
      owner: null,
      worker: null,
      lease: null,
      summary: {
        id,
        graphName: graph_name,
        status: 'failed',
        createdAt: created_at,
        engine: 'auto',
        device: 'auto',
        priority: 0,
        attempts: 0,
        problem,
      },
    }
  }
}

const damagedRow = z.object({
  id: z.coerce.string(),
  created_at: z.coerce.string(),
  graph_name: z.coerce.string(),
})

/** What a run was asked to do, without its id. Ours when written, so only its shape is checked when read. */
export type StoredRequest = Omit<RunRequest, 'runId'>
const request = z.looseObject({
  document: z.custom<GraphDocument>((value) => typeof value === 'object' && value !== null),
  graph: z.string(),
  base: z.string(),
})

export function parseRequest(text: string): StoredRequest {
  return request.parse(JSON.parse(text)) as unknown as StoredRequest
}
