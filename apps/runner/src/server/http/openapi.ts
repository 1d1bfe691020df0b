import { apiBase, endpoints, liveProtocol, problemDetailsSchema } from '@graft/graph-schema'
import type { Endpoint } from '@graft/graph-schema'
import { z } from 'zod'
import { version } from '../../version.js'

type Json = Readonly<Record<string, unknown>>
let made: Json | null = null

/** The OpenAPI 3.1 description of the API, derived from the schemas that requests are parsed with. */
export function openApiDocument(): Json {
  made ??= {
    openapi: '3.1.0',
    info: {
      title: 'Graft',
      version,
      description: `Graphs, runs, artifacts and data of a Graft server. Errors are RFC 9457 problem documents. Live events: WebSocket at ${apiBase}/live, protocol ${liveProtocol}, messages as in packages/graph-schema/src/api/live.ts.`,
      license: { name: 'Apache-2.0' },
    },
    servers: [{ url: apiBase }],
    security: [{}, { token: [] }],
    paths: pathsOf(Object.entries(endpoints)),
    components: {
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'Asked for when the server does not listen on loopback alone.',
        },
      },
      responses: {
        problem: {
          description: 'What is wrong, and how to correct it.',
          content: { 'application/problem+json': { schema: schemaOf(problemDetailsSchema, 'output') } },
        },
      },
    },
  }
  return made
}

function pathsOf(named: readonly (readonly [string, Endpoint])[]): Record<string, Record<string, Json>> {
  const paths: Record<string, Record<string, Json>> = {}
  for (const [name, endpoint] of named)
    (paths[endpoint.path] ??= {})[endpoint.method.toLowerCase()] = operationOf(name, endpoint)
  return paths
}

function operationOf(
  name: string,
  { group, summary, params, query, body, upload, response, download, status, refusals = [] }: Endpoint,
): Json {
  const content =
    response !== null
      ? { 'application/json': { schema: schemaOf(response, 'output') } }
      : download === undefined
        ? undefined
        : { [download]: { schema: { type: 'string', format: 'binary' } } }
  const statuses = [
    ...new Set([400, 401, 403, 404, 429, ...(body === null && upload === undefined ? [] : [413, 415]), ...refusals]),
  ].toSorted((a, b) => a - b)
  return {
    operationId: name,
    tags: [group],
    summary,
    parameters: [...parametersOf(params, 'path'), ...parametersOf(query, 'query')],
    ...(body === null
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body, 'input') } } } }),
    ...(upload === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: Object.fromEntries(upload.map((type) => [type, { schema: { type: 'string', format: 'binary' } }])),
          },
        }),
    responses: {
      [status]: {
        description: status === 204 ? 'Done.' : 'The answer.',
        ...(content === undefined ? {} : { content }),
      },
      ...Object.fromEntries(statuses.map((code) => [code, { $ref: '#/components/responses/problem' }])),
    },
  }
}

function parametersOf(schema: z.ZodObject, where: 'path' | 'query'): Json[] {
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as {
    properties?: Record<string, Json>
    required?: readonly string[]
  }
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    schema: property,
  }))
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Record<string, unknown>
  return rest
}
