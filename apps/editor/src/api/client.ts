import { apiBase, endpoints, parseDocument } from '@graft/graph-schema'
import type { EndpointName, GraphDocument } from '@graft/graph-schema'
import type { z } from 'zod'
import { ApiError, errorOfAnswer, isAbort, offlineError } from './api-error.js'
import { authorization } from './token.js'

export { textOf as messageOf } from '@graft/errors'
export { ApiError, isAbort } from './api-error.js'

type Endpoints = typeof endpoints
type Loose<Schema extends z.ZodType> = keyof z.input<Schema> extends never ? undefined : z.input<Schema>

/** What a call takes: parameters of the path, of the query, and a JSON body, as far as the endpoint has them. */
export interface CallOptions<Name extends EndpointName> {
  readonly params?: z.input<Endpoints[Name]['params']>
  readonly query?: Partial<Record<keyof z.input<Endpoints[Name]['query']>, string | number>>
  readonly body?: Endpoints[Name]['body'] extends z.ZodType ? Loose<Endpoints[Name]['body']> : never
  /** Bytes in place of a JSON body. */
  readonly upload?: Blob | FormData
  readonly signal?: AbortSignal
}

export type Answer<Name extends EndpointName> = Endpoints[Name]['response'] extends z.ZodType
  ? z.output<Endpoints[Name]['response']>
  : undefined

/**
 * Calls an operation of the API and checks what comes back. Throws an ApiError whose message is for people; an
 * AbortError when `signal` fired.
 */
export async function call<Name extends EndpointName>(
  name: Name,
  options: CallOptions<Name> = {},
): Promise<Answer<Name>> {
  const endpoint = endpoints[name]
  const response = await send(addressOf(name, options), requestOf(endpoint.method, options))
  const body = await readBody(response)
  if (!response.ok) throw errorOfAnswer(response.status, response.statusText, body)
  if (endpoint.response === null) return undefined as Answer<Name>
  const parsed = endpoint.response.safeParse(body)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    throw new ApiError(
      `The server’s answer to ${endpoint.method} ${endpoint.path} can’t be read ("${issue?.path.join('.') ?? ''}": ${issue?.message ?? ''}). The page and the server have different versions: reload the page.`,
      null,
      'unreadable',
    )
  }
  return keepDocument(parsed.data, body) as Answer<Name>
}

/** Where an operation is: path parameters filled in and escaped, the query added. */
export function addressOf<Name extends EndpointName>(
  name: Name,
  { params = {}, query = {} }: { readonly params?: object; readonly query?: object } = {},
): string {
  const path = endpoints[name].path.replaceAll(/\{(\w+)\}/g, (_, key: string) =>
    encodeURIComponent(String((params as Record<string, unknown>)[key])),
  )
  const search = new URLSearchParams(
    Object.entries(query)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, String(value)]),
  )
  return `${apiBase}${path}${search.size === 0 ? '' : `?${search.toString()}`}`
}

function requestOf<Name extends EndpointName>(
  method: string,
  { body, upload, signal }: CallOptions<Name>,
): RequestInit {
  return {
    method,
    headers: {
      accept: 'application/json',
      ...authorization(),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(upload !== undefined && { body: upload }),
    ...(signal !== undefined && { signal }),
  }
}

async function send(address: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(address, request)
  } catch (error) {
    if (isAbort(error)) throw error
    throw offlineError()
  }
}

async function readBody(response: Response): Promise<unknown> {
  if (response.status === 204) return undefined
  const text = await response.text().catch(() => '')
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/** zod drops what it doesn't know; a document keeps its unknown fields. */
function keepDocument(parsed: unknown, body: unknown): unknown {
  if (
    typeof parsed !== 'object' ||
    parsed === null ||
    !('document' in parsed) ||
    typeof body !== 'object' ||
    body === null ||
    !('document' in body)
  )
    return parsed
  const { document } = parseDocument(body.document)
  return document === null ? parsed : { ...parsed, document: document satisfies GraphDocument }
}
