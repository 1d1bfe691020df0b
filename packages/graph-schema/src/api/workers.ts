import { z } from 'zod'
import { documentSchema } from '../document.js'
import { runEventBody } from '../events.js'
import { defineEndpoint } from './endpoint.js'
import { idSchema, runIdSchema, sha256Schema, timeSchema } from './ids.js'
import { engineChoiceSchema } from './run-summary.js'

const nothing = z.object({})
const text = z.string().max(200)
const path = z.string().min(1).max(4096)
/** An absolute path in its plain form: whoever joins it to a folder stays below that. */
const plainPath = path.refine(isPlain, "Expected an absolute path without '.', '..' and empty parts")
/** What names a lease in every call that is made under it; a run that changes hands gets another. */
const lease = { lease: z.string().regex(/^[0-9a-f]{32}$/, 'Expected a lease: 32 hexadecimal digits') }
const refusals = [409]

/** What a machine says of itself when it asks for runs. */
export const workerSchema = z.object({
  id: idSchema,
  /** What people call it. */
  name: z.string().min(1).max(64),
  /** Of Graft; runs are only given to machines with the same. */
  version: text,
  platform: text,
  processor: text,
  cores: z.int().min(1).max(1e6),
  memoryTotal: z.number().min(0),
  /** What it computes with. */
  engines: z.array(z.object({ id: engineChoiceSchema, device: engineChoiceSchema })).max(100),
  plugins: z.array(z.object({ name: text, version: text })).max(1000),
})
export type Worker = z.output<typeof workerSchema>

/** A worker as lists show it. */
export const workerSummarySchema = z.object({
  ...workerSchema.shape,
  lastSeen: timeSchema,
  connected: z.boolean(),
  /** What it works on. */
  runs: z.array(runIdSchema),
})
export type WorkerSummary = z.output<typeof workerSummarySchema>

/** A run that a worker was given, until it says how it ended or is not heard of for so many seconds. */
export const leasedRunSchema = z.object({
  lease: lease.lease,
  seconds: z.number(),
  /** Most bytes of an artifact or a checkpoint that the server takes. */
  mostBytes: z.number(),
  run: runIdSchema,
  document: documentSchema,
  graph: z.string(),
  /** Folder of the server's machine that relative paths start from. */
  base: plainPath,
  engine: engineChoiceSchema,
  device: engineChoiceSchema,
  to: z.array(z.string()).exactOptional(),
  ignoreCache: z.boolean(),
  /** Name of the engine that it was with so far, to go on from its checkpoints. */
  prefers: z.string().max(200).exactOptional(),
  /** Identifies a checkpoint that a person gave it to begin with; its nodes get it as their own. */
  given: sha256Schema.exactOptional(),
})
export type LeasedRun = z.output<typeof leasedRunSchema>

/**
 * Why a worker gives a run back: somebody ended the worker, which is what is taken where none is given; its disk is full; the
 * system ended the run's process, which may have had too little memory; or that process stood still.
 */
export const giveBackReasons = ['ended', 'disk-full', 'out-of-memory', 'stood-still'] as const
export type GiveBackReason = (typeof giveBackReasons)[number]

/** What a node reads on the server's disk. */
export const neededFilesSchema = z.object({
  /** Null: it reads no files there. */
  files: z
    .object({
      /** As in the node's cache key. */
      fingerprint: z.string(),
      /** Paths as the node writes them, and where they lead. */
      paths: z.record(z.string(), plainPath),
      /** The list of the files: an artifact with one `neededFileSchema` in JSON on every line. */
      list: sha256Schema,
      count: z.int(),
      bytes: z.number(),
    })
    .nullable(),
})
export type NeededFiles = z.output<typeof neededFilesSchema>

export const neededFileSchema = z.union([
  z.object({ path, bytes: z.int().min(0), sha256: sha256Schema }),
  z.object({ folder: path }),
])
export type NeededFile = z.output<typeof neededFileSchema>

/** For machines that take runs from the server's queue (`graft worker`). */
export const workerEndpoints = {
  listWorkers: defineEndpoint({
    method: 'GET',
    path: '/workers',
    group: 'workers',
    summary: 'Machines that take runs from the queue, and what they work on.',
    params: nothing,
    query: nothing,
    body: null,
    response: z.object({ workers: z.array(workerSummarySchema) }),
    status: 200,
  }),
  takeRun: defineEndpoint({
    method: 'POST',
    path: '/workers/take',
    group: 'workers',
    summary: 'Asks for a run; null when there is none for this worker.',
    params: nothing,
    query: nothing,
    body: workerSchema,
    response: z.object({ run: leasedRunSchema.nullable() }),
    status: 200,
    refusals,
  }),
  tellEvents: defineEndpoint({
    method: 'POST',
    path: '/leases/{lease}/events',
    group: 'workers',
    summary:
      'What happened in a leased run, and that its worker is alive. `from`: how many events of this lease were told before; what was told already is not written twice.',
    params: z.object(lease),
    query: nothing,
    body: z.object({ worker: idSchema, from: z.int().min(0), events: z.array(runEventBody).max(1000) }),
    response: z.object({ /** The run is to be stopped. */ cancel: z.boolean() }),
    status: 200,
    refusals,
  }),
  giveBackRun: defineEndpoint({
    method: 'POST',
    path: '/leases/{lease}/give-back',
    group: 'workers',
    summary:
      'Puts a leased run back into the queue; it counts as an attempt where the run may be the cause. Refused for a lack of memory (`no-other-worker`) where nobody else can try it.',
    params: z.object(lease),
    query: z.object({ reason: z.enum(giveBackReasons).exactOptional() }),
    body: null,
    response: null,
    status: 204,
    refusals,
  }),
  findMissingArtifacts: defineEndpoint({
    method: 'POST',
    path: '/leases/{lease}/missing-artifacts',
    group: 'workers',
    summary: 'Which of these artifacts the server does not have.',
    params: z.object(lease),
    query: nothing,
    body: z.object({ artifacts: z.array(sha256Schema).max(10_000) }),
    response: z.object({ missing: z.array(sha256Schema) }),
    status: 200,
    refusals,
  }),
  putArtifact: defineEndpoint({
    method: 'PUT',
    path: '/leases/{lease}/artifacts/{sha256}',
    group: 'workers',
    summary: 'Stores an artifact of a leased run; refused (422) when the bytes have another checksum.',
    params: z.object({ ...lease, sha256: sha256Schema }),
    query: z.object({ mediaType: text, name: text.exactOptional() }),
    body: null,
    upload: ['application/octet-stream'],
    response: null,
    status: 204,
    refusals: [...refusals, 422, 507],
  }),
  getResult: defineEndpoint({
    method: 'GET',
    path: '/leases/{lease}/results/{key}',
    group: 'workers',
    summary: 'The kept result of a node, by its cache key.',
    params: z.object({ ...lease, key: sha256Schema }),
    query: nothing,
    body: null,
    response: z.object({ found: z.record(z.string(), z.unknown()).nullable(), damaged: z.boolean() }),
    status: 200,
    refusals,
  }),
  putResult: defineEndpoint({
    method: 'PUT',
    path: '/leases/{lease}/results/{key}',
    group: 'workers',
    summary: 'Keeps the result of a node of a leased run; its artifacts have to be here already.',
    params: z.object({ ...lease, key: sha256Schema }),
    query: nothing,
    body: z.record(z.string(), z.unknown()),
    response: null,
    status: 204,
    refusals: [...refusals, 422],
  }),
  getCheckpoint: defineEndpoint({
    method: 'GET',
    path: '/leases/{lease}/checkpoints/{key}',
    group: 'workers',
    summary: 'The newest whole checkpoint of a node of a leased run, or what a person gave that node to begin with.',
    params: z.object({ ...lease, key: sha256Schema }),
    query: z.object({ /** Its id in the graph. */ node: z.string().max(1000).exactOptional() }),
    body: null,
    response: null,
    download: 'application/octet-stream',
    status: 200,
    refusals,
  }),
  putCheckpoint: defineEndpoint({
    method: 'PUT',
    path: '/leases/{lease}/checkpoints/{key}',
    group: 'workers',
    summary: 'Keeps a checkpoint of a node of a leased run; refused (422) when its checksum is wrong.',
    params: z.object({ ...lease, key: sha256Schema }),
    query: nothing,
    body: null,
    upload: ['application/octet-stream'],
    response: null,
    status: 204,
    refusals: [...refusals, 422, 507],
  }),
  forgetCheckpoint: defineEndpoint({
    method: 'DELETE',
    path: '/leases/{lease}/checkpoints/{key}',
    group: 'workers',
    summary: 'Forgets the checkpoints of a node that is finished.',
    params: z.object({ ...lease, key: sha256Schema }),
    query: nothing,
    body: null,
    response: null,
    status: 204,
    refusals,
  }),
  findNeededFiles: defineEndpoint({
    method: 'POST',
    path: '/leases/{lease}/needed-files',
    group: 'workers',
    summary: "The files on the server's disk that a node of a leased run reads.",
    params: z.object(lease),
    query: nothing,
    body: z.object({ type: z.string().max(200), params: z.record(z.string(), z.unknown()) }),
    response: neededFilesSchema,
    status: 200,
    refusals: [...refusals, 422],
  }),
  sendFiles: defineEndpoint({
    method: 'POST',
    path: '/leases/{lease}/files',
    group: 'workers',
    summary:
      'The bytes of these files, one after the other. Each is as long as the list of needed files says, or the answer breaks off.',
    params: z.object(lease),
    query: nothing,
    body: z.object({
      files: z
        .array(z.object({ path, bytes: z.int().min(0) }))
        .min(1)
        .max(2000),
    }),
    response: null,
    download: 'application/octet-stream',
    status: 200,
    refusals,
  }),
} as const

function isPlain(text: string): boolean {
  if (!text.startsWith('/') || text.includes('\0')) return false
  const parts = text.slice(1).split('/')
  return parts.every((part, index) => (part === '' ? index === parts.length - 1 : part !== '.' && part !== '..'))
}
