import type { z } from 'zod'

/** One operation of the HTTP API: server routes, OpenAPI document, fuzz tests and clients all derive from it. */
export interface Endpoint<
  Params extends z.ZodObject = z.ZodObject,
  Query extends z.ZodObject = z.ZodObject,
  Body extends z.ZodType | null = z.ZodType | null,
  Response extends z.ZodType | null = z.ZodType | null,
> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Below `apiBase`, with `{name}` for parameters. */
  readonly path: string
  readonly group: string
  readonly summary: string
  readonly params: Params
  readonly query: Query
  /** JSON body; null: none. */
  readonly body: Body
  /** Bytes instead of a JSON body: what they may be. */
  readonly upload?: readonly string[]
  /** JSON response; null: bytes, or nothing when `status` is 204. */
  readonly response: Response
  /** Media type of a response of bytes. */
  readonly download?: string
  readonly status: 200 | 201 | 202 | 204
  /**
   * Statuses of refusals, beyond those that any operation may give (400, 401, 403, 404 for unknown ids, 413, 415, 429).
   */
  readonly refusals?: readonly number[]
}

/** Identity, for type inference. */
export function defineEndpoint<
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodType | null,
  Response extends z.ZodType | null,
>(endpoint: Endpoint<Params, Query, Body, Response>): Endpoint<Params, Query, Body, Response> {
  return endpoint
}

/** Every path of the API starts with this. */
export const apiBase = '/api/v1'
