import { setTimeout as pause } from 'node:timers/promises'
import { GraftError, reasonOf } from '@graft/errors'
import { apiBase, endpoints, problemDetailsSchema } from '@graft/graph-schema'
import type { Endpoint, EndpointName } from '@graft/graph-schema'
import type { z } from 'zod'
import { formatBytes } from '../text/format-values.js'

/** How a server is reached. */
export interface ServerAddress {
  readonly address: string
  readonly token?: string
  /** Most bytes of a file that it takes, where it has said so. */
  readonly mostBytes?: number
}

/** The server said no, or was not there for too long. `code` is the server's own where it gave one. */
export class ServerRefusal extends GraftError {
  override readonly name = 'ServerRefusal'
  constructor(
    readonly status: number,
    code: string,
    message: string,
  ) {
    super({ code, message, fix: '' })
  }
  /** Asking again may help. */
  get mayPass(): boolean {
    return this.status === 0 || passing.has(this.status)
  }
  /** The run belongs to another machine by now, or has ended. */
  get isLeaseLost(): boolean {
    return this.code === 'lease-lost'
  }
}

export interface CallOptions {
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly json?: unknown
  /** Made anew for every try. */
  readonly body?: () => ReadableStream<Uint8Array> | Uint8Array
  /** How long a server that can't be reached, or is busy, is asked again; absent: the client's own. */
  readonly patience?: number
  /** How long it may take until the answer begins. */
  readonly timeout?: number
}

type ResponseOf<Name extends EndpointName> = (typeof endpoints)[Name]['response'] extends z.ZodType
  ? z.output<(typeof endpoints)[Name]['response']>
  : null

/** A server that restarts, or a cable that is plugged in again, is waited for. */
const usualPatience = 10 * 60_000
const usualTimeout = 30_000
const longestPause = 5000
/** Answer of a server whose disk is full: somebody makes room sooner or later. */
export const serverIsFull = 507
/** Answers after which asking again may help. */
const passing = new Set([429, 502, 503, 504, serverIsFull])

/** Calls the API of a server: answers are parsed by the schemas that the server itself works with. */
export class ServerClient {
  private readonly base: string

  constructor(
    private readonly server: ServerAddress,
    /** Aborted: nothing is asked any more. */
    private readonly signal: AbortSignal,
    /** How long, where a call says nothing of it, a server that is away or busy is asked again. */
    private readonly patience = usualPatience,
  ) {
    this.base = server.address.replace(/\/+$/, '') + apiBase
  }

  /**
   * Throws ServerRefusal for what is larger than the server takes. To be asked before it is sent: a server that refuses in
   * the middle of a long body looks like a connection that broke off.
   */
  refuseTooLarge(what: string, bytes: number): void {
    const { mostBytes: most = Number.POSITIVE_INFINITY } = this.server
    if (bytes <= most) return
    throw new ServerRefusal(
      413,
      'too-large-for-server',
      `The ${what} has ${formatBytes(bytes)}, and the server takes ${formatBytes(most)} at most. Start the server with --transfer-limit ${Math.ceil(bytes / 1e9)} (gigabytes) or more.`,
    )
  }

  /** Nothing is asked any more. */
  get isDone(): boolean {
    return this.signal.aborted
  }

  /** Throws ServerRefusal, and what `signal` was aborted with. */
  async call<Name extends EndpointName>(name: Name, options: CallOptions = {}): Promise<ResponseOf<Name>> {
    const { response: schema } = endpoints[name] as Endpoint
    if (schema === null) {
      await this.ask(name, options, (response) => response.arrayBuffer())
      return null as ResponseOf<Name>
    }
    return schema.parse(await this.ask(name, options, (response) => response.json())) as ResponseOf<Name>
  }

  /** The bytes of an answer. Throws like `call`. */
  async bytes(name: EndpointName, options: CallOptions = {}): Promise<Uint8Array> {
    return new Uint8Array(await this.ask(name, options, (response) => response.arrayBuffer()))
  }

  /**
   * What `take` makes of the bytes of an answer as they come; it begins again where they break off. Throws like `call`,
   * and what `take` throws by itself.
   */
  async receive<Taken>(
    name: EndpointName,
    options: CallOptions,
    take: (parts: AsyncIterable<Uint8Array>) => Promise<Taken>,
  ): Promise<Taken> {
    const outcome = await this.ask(name, options, async ({ body }) => {
      try {
        return { taken: await take((body ?? []) as unknown as AsyncIterable<Uint8Array>) }
      } catch (error) {
        // Node's word for a connection that ended too early.
        if (error instanceof TypeError) throw error
        return { error }
      }
    })
    if ('error' in outcome) throw outcome.error
    return outcome.taken
  }

  /** The answer, once its headers are here. Throws like `call`. */
  async open(name: EndpointName, options: CallOptions = {}): Promise<Response> {
    return this.ask(name, options, (response) => Promise.resolve(response))
  }

  /** An answer that breaks off is asked for again, like one that doesn't come. */
  private async ask<Answer>(
    name: EndpointName,
    options: CallOptions,
    read: (response: Response) => Promise<Answer>,
  ): Promise<Answer> {
    const end = performance.now() + (options.patience ?? this.patience)
    for (let wait = 200; ; wait = Math.min(longestPause, 2 * wait)) {
      this.signal.throwIfAborted()
      const outcome = await this.once(name, options, read)
      if (!(outcome instanceof ServerRefusal)) return outcome.answer
      if (!outcome.mayPass || performance.now() + wait > end) throw outcome
      await pause(wait, undefined, { signal: this.signal })
    }
  }

  private async once<Answer>(
    name: EndpointName,
    { params = {}, query = {}, json, body, timeout = usualTimeout }: CallOptions,
    read: (response: Response) => Promise<Answer>,
  ): Promise<{ readonly answer: Answer } | ServerRefusal> {
    const endpoint: Endpoint = endpoints[name]
    const path = endpoint.path.replaceAll(/\{(\w+)\}/g, (_, key: string) => encodeURIComponent(params[key] ?? ''))
    const search = new URLSearchParams(query).toString()
    const { token } = this.server
    const type = json === undefined ? body && 'application/octet-stream' : 'application/json'
    // What can't be read here is no fault of the network.
    const sent = json === undefined ? body?.() : JSON.stringify(json)
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(new Error(`no answer within ${timeout / 1000} s`)), timeout)
    try {
      const response = await fetch(`${this.base}${path}${search === '' ? '' : `?${search}`}`, {
        method: endpoint.method,
        redirect: 'error',
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(type === undefined ? {} : { 'content-type': type }),
        },
        ...(sent === undefined ? {} : { body: sent as NonNullable<RequestInit['body']>, duplex: 'half' as const }),
        signal: AbortSignal.any([this.signal, late.signal]),
      })
      clearTimeout(timer)
      return response.ok ? { answer: await read(response) } : await refusalOf(response)
    } catch (error) {
      this.signal.throwIfAborted()
      return new ServerRefusal(
        0,
        'unreachable',
        `The server ${this.server.address} can't be reached: ${causeOf(error)}.`,
      )
    } finally {
      clearTimeout(timer)
    }
  }
}

async function refusalOf(response: Response): Promise<ServerRefusal> {
  const text = await response.text().catch(() => '')
  try {
    const { code, detail } = problemDetailsSchema.parse(JSON.parse(text))
    return new ServerRefusal(response.status, code, detail)
  } catch {
    return new ServerRefusal(response.status, 'server', `The server answered ${response.status}.`)
  }
}

function causeOf(error: unknown): string {
  return error instanceof Error && error.cause !== undefined ? causeOf(error.cause) : reasonOf(error)
}
