import type { RunEvent } from '@graft/graph-schema'
import { cacheLimits, environmentOf } from '../../cache/limits.js'
import { openDatabase } from '../../database/open-database.js'
import type { Database } from '../../database/open-database.js'
import { DraftStore } from '../../graphs/draft-store.js'
import { GraphStore } from '../../graphs/graph-store.js'
import { HelperProcess } from '../../helper/helper-process.js'
import { Machines } from '../../runs/machines/machines.js'
import { RunStore } from '../../runs/run-store.js'
import { Supervisor } from '../../runs/supervisor.js'
import { openBlobStore } from '../../store/file-blob-store.js'
import { cacheTidier } from '../../runs/machines/tidy-cache.js'
import { whyNot } from '../../runs/machines/suits.js'
import { defaultLimits } from '../options/server-options.js'
import type { ServerOptions } from '../options/server-options.js'
import { openDataRoots } from './data-roots.js'
import { createLog, describeError } from './log.js'
import type { Log } from './log.js'
import { MemoryBudget } from './memory-budget.js'
import { NetworkDownloads } from './network-downloads.js'
import { NodeLibrary } from './node-library.js'
import type { Helpers, Services } from './services.js'

/** The server serves others meanwhile; it blocks for a moment only. */
const serverBusyMilliseconds = 100
const defaultLeaseSeconds = 30

export interface ServiceListener {
  /** Everything that this process has written about runs, in order. */
  readonly onEvents: (events: readonly RunEvent[]) => void
  /** Another process has written to the database. */
  readonly onForeignChange: () => void
  readonly queueChanged: () => void
  readonly graphSaved: (graph: string, version: number) => void
}

/** What a server works with: database, stores, and the processes that do the work. Nothing runs before `start`. */
export interface OpenServices extends Services {
  start(): Promise<void>
  /** Interrupts what runs, to be resumed. */
  stop(): Promise<void>
  close(): void
}

/** Opens everything a server works with. Throws what opening the database throws. */
export function openServices(options: ServerOptions, listener: ServiceListener): OpenServices {
  const log = createLog(options.log ?? (() => undefined))
  const limits = { ...cacheLimits(), ...options.cacheLimits }
  const environment = { GRAFT_HOME: options.home.root, ...environmentOf(limits) }
  const database = openDatabase(options.home, { busyMilliseconds: serverBusyMilliseconds })
  const runs = new RunStore(database)
  const newHelper = (): HelperProcess => new HelperProcess(options.helperProgram, environment)
  const helpers = { quick: newHelper(), slow: newHelper(), plugins: newHelper() }
  const machines = new Machines({
    database,
    store: runs,
    place: options.runsOn ?? 'auto',
    leaseSeconds: options.leaseSeconds ?? defaultLeaseSeconds,
    unsuited: (run, worker) => whyNot(runs, run, worker, nodes.latest),
  })
  const supervisor = openSupervisor(options, { database, runs, machines, environment, log }, listener)
  const roots = openDataRoots(options.dataRoots ?? [], options.home.data, options.ownFolders ?? [])
  const downloads = new NetworkDownloads({ newHelper, base: roots.base, roots: roots.paths })
  const nodes = openNodeLibrary(options, helpers, log)
  return {
    home: options.home,
    nodes,
    templates: options.templates,
    readTemplate: (id) => options.readTemplate(id),
    runs,
    graphs: new GraphStore(database),
    drafts: new DraftStore(database),
    store: openBlobStore(options.home.store),
    supervisor,
    machines,
    helpers,
    memory: new MemoryBudget(limits.memory),
    roots,
    downloads,
    limits: { ...defaultLimits, ...options.limits },
    cacheLimits: limits,
    log,
    tidy: cacheTidier(options.home, limits.disk, runs, (error) =>
      log('error', 'the cache could not be tidied', describeError(error)),
    ),
    onEvents: listener.onEvents,
    queueChanged: listener.queueChanged,
    graphSaved: listener.graphSaved,
    start: async () => {
      await nodes.read()
      supervisor.start()
    },
    stop: () => supervisor.stop(),
    close: () => {
      downloads.close()
      for (const helper of Object.values(helpers)) helper.stop()
      database.close()
    },
  }
}

interface SupervisorParts {
  readonly database: Database
  readonly runs: RunStore
  readonly machines: Machines
  readonly environment: Readonly<Record<string, string>>
  readonly log: Log
}

function openSupervisor(
  { runProgram, parallel = 1, onRestart = 'mark' }: ServerOptions,
  { database, runs, machines, environment, log }: SupervisorParts,
  { onEvents, onForeignChange }: ServiceListener,
): Supervisor {
  return new Supervisor({
    store: runs,
    database,
    machines,
    program: runProgram,
    environment,
    parallel,
    onRestart,
    onEvents,
    onForeignChange,
    onError: (message, error) => log('error', message, describeError(error)),
  })
}

function openNodeLibrary({ library: builtIn, home }: ServerOptions, { slow, plugins }: Helpers, log: Log): NodeLibrary {
  return new NodeLibrary({
    builtIn,
    home,
    onProblem: ({ message, fix }) => log('warning', message, { fix }),
    onChange: ({ library }) => {
      log('info', 'node types', { plugins: library.slice(builtIn.length).map(({ type }) => type) })
      for (const helper of [slow, plugins]) helper.renew()
    },
  })
}
