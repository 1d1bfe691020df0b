import { apiBase, endpoints } from '@graft/graph-schema'
import type { Endpoint, EndpointName } from '@graft/graph-schema'
import type { Request, Response, Router } from 'express'
import { setTimeout as pause } from 'node:timers/promises'
import type { z } from 'zod'
import { databaseTrouble } from '../../database/database-trouble.js'
import { HttpProblem } from './http-problem.js'
import { parseGuardedJson } from './json-guard.js'
import { readBody } from './read-body.js'
import type { ServerLimits } from '../options/server-options.js'

/** How long a request waits for another process's transaction. */
const busyPatience = 3000

export interface Call<Of extends Endpoint> {
  readonly params: z.output<Of['params']>
  readonly query: z.output<Of['query']>
  readonly body: Of['body'] extends z.ZodType ? z.output<Of['body']> : null
  readonly request: Request
  readonly response: Response
}

/** Answers with JSON where the endpoint has a response; otherwise it writes to `response` itself, or nothing (204). */
export type Handler<Of extends Endpoint> = (call: Call<Of>) => Promise<Answer<Of>> | Answer<Of>
type Answer<Of extends Endpoint> = Of['response'] extends z.ZodType ? z.input<Of['response']> : void

export type Handlers = { readonly [Name in EndpointName]: Handler<(typeof endpoints)[Name]> }

/**
 * Routes every operation of the API to its handler; parameters, query and body arrive parsed, or the request is refused
 * with what is wrong.
 */
export function registerEndpoints(router: Router, handlers: Handlers, limits: ServerLimits): void {
  const names = (Object.keys(endpoints) as EndpointName[]).toSorted(
    (a, b) => parameterCount(endpoints[a].path) - parameterCount(endpoints[b].path),
  )
  for (const name of names) {
    const endpoint: Endpoint = endpoints[name]
    const handler = handlers[name] as unknown as Handler<Endpoint>
    const path = apiBase + endpoint.path.replaceAll(/\{(\w+)\}/g, ':$1')
    const method = endpoint.method.toLowerCase() as Lowercase<Endpoint['method']>
    router[method](path, async (request, response) => {
      const params = parse(endpoint.params, { ...request.params }, 'path')
      const query = parse(endpoint.query, plainQuery(request.query), 'query')
      const body =
        endpoint.body === null ? null : parse(endpoint.body, await readJson(request, limits.jsonBytes), 'body')
      const call = { params, query, body: body as null, request, response }
      const answer = await patiently(() => handler(call))
      if (endpoint.response !== null) response.status(endpoint.status).json(answer)
      else if (endpoint.status === 204) response.status(204).end()
    })
  }
}

/**
 * Another process may write for a moment; whoever asks need not know. A transaction that found the database locked has
 * changed nothing, so the handler may start again; what takes a body of its own reads that before it writes.
 */
async function patiently<Result>(handle: () => Result | Promise<Result>): Promise<Result> {
  const end = performance.now() + busyPatience
  for (;;) {
    try {
      return await handle()
    } catch (error) {
      if (databaseTrouble(error) !== 'busy' || performance.now() > end) throw error
    }
    await pause(100)
  }
}

function parameterCount(path: string): number {
  return path.split('{').length
}

async function readJson(request: Request, limit: number): Promise<unknown> {
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json')
    throw new HttpProblem(
      415,
      'not-json',
      `The body has the media type "${(type ?? '').slice(0, 100)}"; expected application/json.`,
    )
  const encoding = request.headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity')
    throw new HttpProblem(415, 'encoded-body', 'Compressed bodies are not accepted. Send the JSON as it is.')
  return parseGuardedJson((await readBody(request, limit)).toString('utf8'))
}

/** A name that is given twice, or as `a[b]`, is not what any operation expects. */
function plainQuery(query: Request['query']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => {
      if (typeof value !== 'string')
        throw new HttpProblem(
          400,
          'query-invalid',
          `The query parameter "${name.slice(0, 100)}" is given more than once. Give it once.`,
          { field: name.slice(0, 100) },
        )
      return [name, value]
    }),
  )
}

function parse<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  where: 'path' | 'query' | 'body',
): z.output<Schema> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const field = issue?.path.map(String).join('.') ?? ''
  const what = field === '' ? `The ${where}` : `"${field.slice(0, 200)}" in the ${where}`
  throw new HttpProblem(
    400,
    `${where}-invalid`,
    `${what} is not valid: ${issue?.message.slice(0, 300) ?? 'unknown'}.`,
    field === '' ? {} : { field: field.slice(0, 200) },
  )
}
