import { z } from 'zod'
import { runEventSchema } from '../events.js'
import { graphIdSchema, runIdSchema } from './ids.js'
import { queueSchema } from './runs.js'
import { runStateSchema } from './run-state.js'

/**
 * Where the live stream is served, and which version of it this is. A server answers a `hello` of another version with
 * a `problem` and closes.
 */
export const livePath = '/api/v1/live'
export const liveProtocol = 1

const sequence = z.int().min(0)

/** What a client may say. `hello` comes first. */
export const clientMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('hello'), protocol: z.int(), token: z.string().max(4096).exactOptional() }),
  /** `from`: the sequence number wanted next; left out: a snapshot and what follows it. */
  z.object({ type: z.literal('subscribe'), run: runIdSchema, from: sequence.exactOptional() }),
  z.object({ type: z.literal('unsubscribe'), run: runIdSchema }),
  z.object({ type: z.literal('watch-queue') }),
  z.object({ type: z.literal('pong') }),
])
export type ClientMessage = z.output<typeof clientMessageSchema>

/** What the server says. */
export const serverMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('welcome'), protocol: z.int(), server: z.string() }),
  /** The run as it is; events go on at `next`. Sent when `from` was left out or too far behind. */
  z.object({ type: z.literal('snapshot'), run: runIdSchema, state: runStateSchema, next: sequence }),
  /**
   * The next event of a subscribed run, once and in order. `coalesced`: how many events right before it were left out
   * for this slow viewer; each was progress or a step's metric that a later event replaces. So `event.sequence` is
   * always the expected number plus `coalesced`.
   */
  z.object({ type: z.literal('event'), event: runEventSchema, coalesced: z.int().min(1).exactOptional() }),
  z.object({ type: z.literal('queue'), ...queueSchema.shape }),
  /** A graph has a new version. */
  z.object({ type: z.literal('graph-saved'), graph: graphIdSchema, version: z.int().min(1) }),
  /** To be answered with `pong`; who doesn't is disconnected. */
  z.object({ type: z.literal('ping') }),
  z.object({ type: z.literal('problem'), code: z.string(), detail: z.string(), run: z.string().exactOptional() }),
])
export type ServerMessage = z.output<typeof serverMessageSchema>

/** Reads a message of the server. Throws a ZodError when this version does not know it. */
export function parseServerMessage(json: unknown): ServerMessage {
  return serverMessageSchema.parse(json)
}
