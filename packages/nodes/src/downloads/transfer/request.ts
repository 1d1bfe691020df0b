import { performance } from 'node:perf_hooks'
import type { Readable } from 'node:stream'
import { setTimeout as after } from 'node:timers/promises'
import type { Dispatcher } from 'undici'
import { DownloadError, reasonOf, shownAddress } from '../download-error.js'
import { proxyFor } from './proxies.js'
import { followRedirect } from './redirects.js'

/** An answer; its body has to be read or destroyed. */
export interface Answer {
  readonly status: number
  /** Where it came from in the end. */
  readonly address: URL
  header(name: string): string | undefined
  readonly body: Readable
}

export interface RequestOptions {
  readonly signal: AbortSignal
  /** Longest wait for the first line of every answer, in milliseconds. */
  readonly answerWithin: number
  readonly headers?: Readonly<Record<string, string>>
  /** Bearer token, sent to the first address's own origin only. */
  readonly token?: string | undefined
}

/** Longest wait for a connection, in milliseconds. */
const connectWithin = 6000

const redirects = [301, 302, 303, 307, 308]

const connections = new Map<string, Promise<Dispatcher>>()

/** Through the proxy that the environment names, where it does. */
function connectionTo(address: URL): Promise<Dispatcher> {
  const proxy = proxyFor(address)
  const made = connections.get(proxy ?? '') ?? connect(proxy)
  connections.set(proxy ?? '', made)
  return made
}

/** Silence within a body is bounded by its reader. */
async function connect(proxy: string | null): Promise<Dispatcher> {
  const { Agent, ProxyAgent } = await import('undici')
  return proxy === null
    ? new Agent({ bodyTimeout: 0, connect: { timeout: connectWithin } })
    : new ProxyAgent({ uri: proxy, bodyTimeout: 0 })
}

/**
 * GET with redirects followed by the rules of `followRedirect`. The body comes as it was sent, packed or not.
 * @throws DownloadError `unreachable` when there is no connection, `broken` when no answer came in time
 */
export async function request(address: URL, options: RequestOptions): Promise<Answer> {
  for (let current = address, followed = 0; ; followed += 1) {
    const answer = await requestOnce(current, {
      ...options,
      token: current.origin === address.origin ? options.token : undefined,
    })
    if (!redirects.includes(answer.status)) return answer
    answer.body.destroy()
    current = followRedirect(current, answer.header('location'), followed)
  }
}

/** Servers that could not be reached just now: asking them again would take as long, and tell the same. */
const unreachable = new Map<string, { readonly until: number; readonly failure: DownloadError }>()
const rememberFor = 30_000

async function requestOnce(address: URL, options: RequestOptions): Promise<Answer> {
  const known = unreachable.get(address.origin)
  if (known !== undefined && performance.now() < known.until) throw known.failure
  try {
    return await sendOnce(address, options)
  } catch (error) {
    if (error instanceof DownloadError && error.fault === 'unreachable')
      unreachable.set(address.origin, { until: performance.now() + rememberFor, failure: error })
    throw error
  }
}

async function sendOnce(address: URL, { signal, answerWithin, headers, token }: RequestOptions): Promise<Answer> {
  const { request: send } = await import('undici')
  const given = new AbortController()
  const late = new AbortController()
  try {
    const wait = after(answerWithin, undefined, { signal: late.signal }).then(
      () => given.abort(),
      () => undefined,
    )
    const response = await send(address, {
      dispatcher: await connectionTo(address),
      signal: AbortSignal.any([signal, given.signal]),
      headers: {
        'user-agent': 'graft',
        accept: '*/*',
        'accept-encoding': 'identity',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
    })
    late.abort()
    await wait
    // Whoever stops reading destroys the body; that is no failure of its own.
    response.body.on('error', () => undefined)
    return {
      status: response.statusCode,
      address,
      header: (name) => {
        const value = response.headers[name]
        return Array.isArray(value) ? value[0] : value
      },
      body: response.body,
    }
  } catch (error) {
    if (signal.aborted) throw error
    if (given.signal.aborted)
      throw new DownloadError('broken', `${address.host} did not answer within ${Math.ceil(answerWithin / 1000)} s.`)
    throw new DownloadError(
      isUnreachable(error) ? 'unreachable' : 'broken',
      `Could not reach ${shownAddress(address)}: ${reasonOf(error)}.`,
    )
  } finally {
    late.abort()
  }
}

const noConnection =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|EHOSTUNREACH|ENETDOWN|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT/

/** Whether there is no way to the server at all, which trying again at once won't change. */
function isUnreachable(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(isUnreachable)
  if (!(error instanceof Error)) return false
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return noConnection.test(code) || isUnreachable(error.cause)
}
