import type { Server } from 'node:http'
import { hostname } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { RunEvent } from '@graft/graph-schema'
import { version } from '../version.js'
import { createApp } from './app.js'
import { removeLeftovers } from './data/remove-leftovers.js'
import { guardConnections } from './http/guard-connections.js'
import { addressOf, closeServer, listen, openServer } from './http/listen.js'
import { serveViewers } from './live/viewers.js'
import type { Viewers } from './live/viewers.js'
import type { ServerOptions } from './options/server-options.js'
import { refuseUnsafe } from './security/refuse-unsafe.js'
import { gauges } from './services/gauges.js'
import type { Log } from './services/log.js'
import { Counters, formatMetrics } from './services/metrics.js'
import { openServices } from './services/open-services.js'
import type { OpenServices } from './services/open-services.js'

export interface RunningServer {
  readonly address: string
  readonly port: number
  /** Stops taking requests, interrupts what runs (to be resumed) and closes everything. */
  close(): Promise<void>
}

const defaultHost = '127.0.0.1'
const defaultPort = 4747
const editorBuild = fileURLToPath(new URL('../../../editor/dist', import.meta.url))

/** Starts the runner as a service. Throws ServerError when the options don't go together, and what listening throws. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { host = defaultHost, port: wanted = defaultPort, home } = options
  refuseUnsafe(host, options.token)
  const counters = new Counters()
  // Services tell of changes; those who are told come later, and nothing changes before `start`.
  let viewers: Viewers | null = null
  const services = openServices(options, {
    onEvents: (events) => {
      counters.events += events.length
      viewers?.onEvents(events)
      logCourse(events, services.log)
    },
    onForeignChange: () => viewers?.onForeignChange(),
    queueChanged: () => viewers?.queueChanged(),
    graphSaved: (graph, version) => viewers?.graphSaved(graph, version),
  })
  const server = openServer()
  guardConnections(server, services.limits)
  viewers = serveViewers(server, services, securityOf(options))
  const closeAll = serveRequests(server, services, options, { counters, viewers })
  const port = await listen(server, host, wanted).catch(async (error: unknown) => {
    await closeAll()
    throw error
  })
  await removeLeftovers(home.temporary, services.roots.uploads)
  await services.start()
  const address = addressOf(host, port)
  services.log('info', 'listening', { address, version, roots: services.roots.paths })
  return { address, port, close: closeAll }
}

/** Answers requests from now on. Gives what stops that, and everything behind it, in good order. */
function serveRequests(
  server: Server,
  services: OpenServices,
  options: ServerOptions,
  { counters, viewers }: { readonly counters: Counters; readonly viewers: Viewers },
): () => Promise<void> {
  let ready = true
  const editor = options.editor ?? editorBuild
  const metrics = (): string => formatMetrics(gauges(services, counters, viewers.connections(), viewers.watchedRuns()))
  server.on('request', createApp({ ...securityOf(options), services, editor, counters, metrics, isReady: () => ready }))
  return async () => {
    ready = false
    services.log('info', 'stopping')
    await services.stop()
    viewers.close()
    if (server.listening) await closeServer(server)
    services.close()
    services.log('info', 'stopped')
  }
}

function securityOf({ token, allowedHosts = [], allowedOrigins = [] }: ServerOptions): {
  readonly token: string | null
  readonly allowedHosts: readonly string[]
  readonly allowedOrigins: readonly string[]
} {
  return {
    token: token ?? null,
    allowedHosts: [hostname().toLowerCase(), ...allowedHosts.map((name) => name.toLowerCase())],
    allowedOrigins,
  }
}

/** When runs start and how they end. */
function logCourse(events: readonly RunEvent[], log: Log): void {
  for (const event of events)
    if (event.type === 'run-started' || event.type === 'run-finished' || event.type === 'run-interrupted')
      log('info', event.type, { run: event.run, ...('status' in event ? { status: event.status } : {}) })
}
