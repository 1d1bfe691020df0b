import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { isIP } from 'node:net'
import { hostname } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { RunEvent } from '@graft/graph-schema'
import { version } from '../version.js'
import { memoryLimit } from '../cache/memory-limit.js'
import { openDatabase } from '../database/open-database.js'
import { GraphStore } from '../graphs/graph-store.js'
import { HelperProcess } from '../helper/helper-process.js'
import { RunStore } from '../runs/run-store.js'
import { Supervisor } from '../runs/supervisor.js'
import { openBlobStore } from '../store/file-blob-store.js'
import { createApp } from './app.js'
import { openDataRoots } from './data/data-roots.js'
import { removeLeftovers } from './data/remove-leftovers.js'
import { Hub } from './live/hub.js'
import { serveLive } from './live/live-server.js'
import { createLog, describeError } from './log.js'
import { MemoryBudget } from './memory-budget.js'
import { Counters, formatMetrics } from './metrics.js'
import { NodeLibrary } from './node-library.js'
import { tokenLength } from './security/token.js'
import { defaultLimits, ServerError } from './server-options.js'
import type { ServerOptions } from './server-options.js'
import type { Services } from './services.js'

export interface RunningServer {
  readonly address: string
  readonly port: number
  /** Stops taking requests, interrupts what runs (to be resumed) and closes everything. */
  close(): Promise<void>
}

const defaultPort = 4747
const editorBuild = fileURLToPath(new URL('../../../editor/dist', import.meta.url))

/** Starts the runner as a service. Throws ServerError when the options don't go together, and what listening throws. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const host = options.host ?? '127.0.0.1'
  refuseUnsafe(host, options.token)
  const limits = { ...defaultLimits, ...options.limits }
  const log = createLog(options.log ?? (() => undefined))
  const roots = openDataRoots(options.dataRoots ?? [], options.home.data)
  const database = openDatabase(options.home)
  const runs = new RunStore(database)
  const memory = new MemoryBudget(memoryLimit())
  const hub = new Hub(runs, (error) => log('error', 'a viewer could not be served', describeError(error)), memory)
  const counters = new Counters()
  const live: { queueChanged(): void } = { queueChanged: () => undefined }
  const onEvents = (events: readonly RunEvent[]): void => {
    counters.events += events.length
    hub.publish(events)
    if (events.some(changesQueue)) live.queueChanged()
    for (const event of events)
      if (event.type === 'run-started' || event.type === 'run-finished' || event.type === 'run-interrupted')
        log('info', event.type, { run: event.run, ...('status' in event ? { status: event.status } : {}) })
  }
  const supervisor = new Supervisor({
    store: runs,
    database,
    program: options.runProgram,
    parallel: options.parallel ?? 1,
    onRestart: options.onRestart ?? 'mark',
    onEvents,
    onForeignChange: () => {
      hub.refresh()
      live.queueChanged()
    },
    onError: (message, error) => log('error', message, describeError(error)),
  })
  const environment = { GRAFT_HOME: options.home.root }
  const newHelper = (): HelperProcess => new HelperProcess(options.helperProgram, environment)
  const helpers = { quick: newHelper(), slow: newHelper(), plugins: newHelper() }
  const nodes = new NodeLibrary({
    builtIn: options.library,
    home: options.home,
    onProblem: ({ message, fix }) => log('warning', message, { fix }),
    onChange: ({ library }) => {
      log('info', 'node types', { plugins: library.slice(options.library.length).map(({ type }) => type) })
      for (const helper of [helpers.slow, helpers.plugins]) helper.renew()
    },
  })
  const services: Services = {
    home: options.home,
    nodes,
    templates: options.templates,
    readTemplate: (id) => options.readTemplate(id),
    runs,
    graphs: new GraphStore(database),
    store: openBlobStore(options.home.store),
    supervisor,
    helpers,
    memory,
    roots,
    limits,
    log,
    queueChanged: () => live.queueChanged(),
  }
  let ready = true
  const security = {
    token: options.token ?? null,
    allowedHosts: [hostname().toLowerCase(), ...(options.allowedHosts ?? []).map((name) => name.toLowerCase())],
    allowedOrigins: options.allowedOrigins ?? [],
  }
  const server = createServer({
    headersTimeout: 20_000,
    requestTimeout: 30 * 60_000,
    keepAliveTimeout: 10_000,
    maxHeaderSize: 16_384,
  })
  const liveServer = serveLive(server, {
    ...security,
    hub,
    runs,
    limits,
    version,
    queue: () => supervisor.queue(),
    onError: (error) => log('error', 'a live connection failed', describeError(error)),
  })
  live.queueChanged = () => liveServer.queueChanged()
  const metrics = (): string => formatMetrics(gauges(services, counters, liveServer.connections, hub.watchedRuns))
  server.on(
    'request',
    createApp({
      ...security,
      services,
      editor: options.editor ?? editorBuild,
      counters,
      metrics,
      isReady: () => ready,
    }),
  )
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const status = error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request'
    if (socket.writable) socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
  })
  const port = await listen(server, host, options.port ?? defaultPort).catch((error: unknown) => {
    liveServer.close()
    database.close()
    throw error
  })
  server.maxConnections = limits.sockets + 500
  await removeLeftovers(options.home.temporary, roots.uploads)
  await nodes.read()
  supervisor.start()
  const address = `http://${host.includes(':') ? `[${host}]` : host === '0.0.0.0' ? 'localhost' : host}:${port}`
  log('info', 'listening', { address, version, roots: roots.paths })
  return {
    address,
    port,
    close: async () => {
      ready = false
      log('info', 'stopping')
      await supervisor.stop()
      liveServer.close()
      helpers.quick.stop()
      helpers.slow.stop()
      helpers.plugins.stop()
      await closeServer(server)
      database.close()
      log('info', 'stopped')
    },
  }
}

function changesQueue({ type }: RunEvent): boolean {
  return (
    type === 'run-queued' ||
    type === 'run-started' ||
    type === 'run-finished' ||
    type === 'run-interrupted' ||
    type === 'node-finished' ||
    type === 'node-cached'
  )
}

/** Who can reach the server from elsewhere can run anything that graphs can do, so that needs a secret. */
function refuseUnsafe(host: string, token: string | undefined): void {
  const isLoopback = host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
  if (token !== undefined && token.length < tokenLength)
    throw new ServerError(
      `The token has ${token.length} characters; at least ${tokenLength} are needed.`,
      'Take a longer one; `openssl rand -hex 32` makes a good one.',
    )
  if (!isLoopback && token === undefined)
    throw new ServerError(
      `Listening on ${host} lets other machines in, so a token is needed.`,
      `Put one of at least ${tokenLength} characters into a file and give it with --token-file, or listen on 127.0.0.1.`,
    )
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new ServerError(
              `Port ${port} on ${host} is taken: another Graft may be running.`,
              'Choose another port with --port.',
            )
          : error,
      )
    })
    server.listen(port, host, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

/** Lets answers under way end, but not for ever. */
function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), 2000)
    server.close(() => {
      clearTimeout(timer)
      resolve()
    })
    server.closeIdleConnections()
  })
}

function gauges(
  { runs, supervisor, memory: budget }: Services,
  counters: Counters,
  sockets: number,
  watched: number,
): Parameters<typeof formatMetrics>[0] {
  const memory = process.memoryUsage()
  return [
    {
      name: 'graft_http_responses_total',
      help: 'Answers by status.',
      type: 'counter',
      values: [...counters.responses].map(([status, value]) => ({ labels: { status: String(status) }, value })),
    },
    {
      name: 'graft_events_total',
      help: 'Run events written by this process.',
      type: 'counter',
      values: [{ value: counters.events }],
    },
    {
      name: 'graft_runs',
      help: 'Runs by status.',
      type: 'gauge',
      values: Object.entries(runs.counts()).map(([status, value]) => ({ labels: { status }, value })),
    },
    {
      name: 'graft_active_runs',
      help: 'Runs that this process looks after.',
      type: 'gauge',
      values: [{ value: supervisor.activeRuns }],
    },
    {
      name: 'graft_live_connections',
      help: 'Open WebSocket connections.',
      type: 'gauge',
      values: [{ value: sockets }],
    },
    { name: 'graft_watched_runs', help: 'Runs that somebody watches.', type: 'gauge', values: [{ value: watched }] },
    {
      name: 'graft_memory_budget_bytes',
      help: 'What caches may take in memory: those of this process together, and those of each run.',
      type: 'gauge',
      values: [{ value: budget.limit }],
    },
    {
      name: 'graft_memory_cache_bytes',
      help: 'What caches of this process take in memory.',
      type: 'gauge',
      values: ['events', 'sample-lists'].map((cache) => ({
        labels: { cache },
        value: budget.byCache().get(cache) ?? 0,
      })),
    },
    { name: 'process_resident_memory_bytes', help: 'Resident memory.', type: 'gauge', values: [{ value: memory.rss }] },
    {
      name: 'process_heap_bytes',
      help: 'JavaScript heap in use.',
      type: 'gauge',
      values: [{ value: memory.heapUsed }],
    },
    {
      name: 'process_uptime_seconds',
      help: 'Since the start.',
      type: 'gauge',
      values: [{ value: Math.round(process.uptime()) }],
    },
  ]
}
