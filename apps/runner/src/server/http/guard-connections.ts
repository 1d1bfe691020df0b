import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

export interface ConnectionLimits {
  /** Connections at once. One more takes the place of the one that has been silent for the longest time. */
  readonly connections: number
  /** Milliseconds until a connection must have sent the headers of a request. */
  readonly silentMilliseconds: number
  /** Milliseconds without a byte after which a body that is being sent, or an answer that is being read, is given up. */
  readonly stalledMilliseconds: number
}

/** What a connection does; `since` is when that, or the last byte of it, was. */
interface State {
  since: number
  /** The request that is being answered; null between requests. */
  request: IncomingMessage | null
  isUpgraded: boolean
  bytes: number
}

const sweepMilliseconds = 500

/**
 * Keeps places for those who speak: connections that say nothing, or stop in the middle, are closed, and when all places
 * are taken a new connection gets the place of the one that has been silent for longest. No limit per address, because
 * behind a proxy, and on one's own computer, everybody has the same.
 */
export function guardConnections(server: Server, limits: ConnectionLimits): void {
  const states = new Map<Socket, State>()
  // Node's own limit turns away those who come, whoever they are; it stands behind this one.
  server.maxConnections = 2 * limits.connections
  server.on('connection', (socket: Socket) => {
    if (states.size >= limits.connections && !makeRoom(states)) return void socket.destroy()
    states.set(socket, { since: performance.now(), request: null, isUpgraded: false, bytes: 0 })
    socket.once('close', () => states.delete(socket))
  })
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    const state = states.get(request.socket)
    if (state === undefined) return
    Object.assign(state, { request, since: performance.now() })
    response.once('close', () => {
      if (state.request === request) Object.assign(state, { request: null, since: performance.now() })
    })
  })
  // From here on it has heartbeats of its own, and was either taken in or closed.
  server.prependListener('upgrade', ({ socket }: IncomingMessage) => {
    const state = states.get(socket)
    if (state !== undefined) state.isUpgraded = true
  })
  const timer = setInterval(() => sweep(states, limits), sweepMilliseconds).unref()
  server.once('close', () => clearInterval(timer))
}

function makeRoom(states: ReadonlyMap<Socket, State>): boolean {
  // In order of arrival, so the first of the longest silent ones wins.
  let oldest: readonly [Socket, State] | null = null
  for (const entry of states)
    if (entry[1].request === null && !entry[1].isUpgraded && (oldest === null || entry[1].since < oldest[1].since))
      oldest = entry
  oldest?.[0].destroy()
  return oldest !== null
}

function sweep(
  states: ReadonlyMap<Socket, State>,
  { silentMilliseconds, stalledMilliseconds }: ConnectionLimits,
): void {
  const now = performance.now()
  for (const [socket, state] of states) {
    if (state.isUpgraded) continue
    const bytes = socket.bytesRead + socket.bytesWritten - socket.writableLength
    const isWaitedFor = state.request !== null && (!state.request.complete || socket.writableLength > 0)
    // While we work on an answer, nobody has to send or read anything.
    if (state.request !== null && (!isWaitedFor || bytes !== state.bytes)) state.since = now
    state.bytes = bytes
    if (now - state.since > (state.request === null ? silentMilliseconds : stalledMilliseconds)) socket.destroy()
  }
}
