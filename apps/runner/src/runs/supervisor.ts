import { secondsOfRun } from '@graft/graph-schema'
import type { Queue, RunEvent } from '@graft/graph-schema'
import type { Database } from '../database/open-database.js'
import { RunRefused } from '../executor/run-options.js'
import type { Machines } from './machines/machines.js'
import { recoverOrphans } from './recover.js'
import type { NewRun, RunStore } from './run-store.js'
import type { StoredRun } from './stored-run.js'
import { superviseRun } from './supervise-run.js'

const pollMilliseconds = 250
const orphanMilliseconds = 3000
/** A run that takes its process down again and again is not started for ever. */
const automaticAttempts = 5

export interface SupervisorOptions {
  readonly store: RunStore
  readonly database: Database
  readonly program: URL
  /** Variables for the processes that execute, beyond those of this one. */
  readonly environment?: Readonly<Record<string, string>>
  /** Runs at once on a device. */
  readonly parallel: number
  /** Other machines that take runs from the same queue; absent: there are none. */
  readonly machines?: Machines
  /** What to do with runs whose runner was killed. */
  readonly onRestart: 'mark' | 'resume'
  /** Everything that was written by this process, in order. */
  readonly onEvents: (events: readonly RunEvent[]) => void
  /** Another process has written to the database. */
  readonly onForeignChange: () => void
  readonly onError: (message: string, error: unknown) => void
}

interface Active {
  readonly cancel: AbortController
  readonly interrupt: AbortController
  readonly done: Promise<void>
}

/**
 * Works the queue off: starts runs as devices become free, obeys what other processes ask for, and picks up what a
 * killed runner left.
 */
export class Supervisor {
  private readonly active = new Map<string, Active>()
  private timer: NodeJS.Timeout | null = null
  private version = -1
  private orphansDue = 0
  /** The queue could not be looked at, so that has to be done again. */
  private missed = false
  private machinesState = ''
  private stopping = false

  constructor(private readonly options: SupervisorOptions) {}

  start(): void {
    this.recover()
    this.schedule()
    this.timer = setInterval(() => this.guard('looking for changes', () => this.poll()), pollMilliseconds)
  }

  get activeRuns(): number {
    return this.active.size
  }

  enqueue(run: NewRun): StoredRun {
    const { run: stored, events } = this.options.store.enqueue(run)
    this.options.onEvents(events)
    this.schedule()
    return stored
  }

  /** Stops a run wherever it is; nothing when it is over. */
  cancel(id: string): void {
    this.options.onEvents(this.options.store.requestCancel(id))
    this.active.get(id)?.cancel.abort()
  }

  /** Stops everything; gives how many runs that were. */
  cancelAll(): number {
    const runs = [...this.options.store.queued(), ...this.options.store.running()]
    for (const run of runs) this.cancel(run.summary.id)
    return runs.length
  }

  /** Back into the queue; false when the run is not one that can be resumed. */
  resume(id: string, front = false): boolean {
    const events = this.options.store.requeue(id, front)
    if (events === null) return false
    this.options.onEvents(events)
    this.schedule()
    return true
  }

  /** What runs, what waits, and until when, from how long runs of the same graphs took. */
  queue(): Queue {
    const { machines, parallel } = this.options
    const atOnce = (machines?.connected() ?? 0) + (machines?.runsHere() === false ? 0 : parallel)
    const running = this.options.store.running().map((run) => run.summary)
    const queued = this.options.store.queued().map((run) => run.summary)
    const seconds = [...running, ...queued].map((run) => {
      const durations = this.options.store.durations(run.graphName)
      if (durations.length === 0) return null
      const typical = durations.reduce((sum, value) => sum + value, 0) / durations.length
      const passed = run.status === 'running' ? secondsOfRun(run, Date.now()) : null
      return Math.max(0, typical - (passed ?? 0))
    })
    const known = seconds.filter((value) => value !== null)
    return {
      running,
      queued,
      etaSeconds:
        known.length === seconds.length
          ? Math.round(known.reduce((sum, value) => sum + value, 0) / Math.max(1, atOnce))
          : null,
    }
  }

  /** Starts nothing any more and stops what runs, to be resumed. Resolves once everything is written. */
  async stop(): Promise<void> {
    this.stopping = true
    if (this.timer !== null) clearInterval(this.timer)
    const all = [...this.active.values()]
    for (const { interrupt } of all) interrupt.abort()
    await Promise.all(all.map(({ done }) => done))
  }

  private poll(): void {
    // Not by the clock: one that is set back would keep orphans waiting for as long.
    if (performance.now() >= this.orphansDue) this.recover()
    this.followMachines()
    const version = this.options.database.version()
    if (version === this.version) return
    this.version = version
    this.options.onForeignChange()
    this.schedule()
  }

  /** Runs of machines that have gone are to be done by others; by this one too, once none is left. */
  private followMachines(): void {
    const { machines, onEvents, onError } = this.options
    if (machines === undefined) return
    const events = machines.expire((error) => onError('taking a run from its worker failed', error))
    if (events.length > 0) onEvents(events)
    const { state } = machines
    if (events.length > 0 || state !== this.machinesState) this.schedule()
    this.machinesState = state
  }

  private recover(): void {
    this.orphansDue = performance.now() + orphanMilliseconds
    if (this.missed) this.schedule()
    const events = recoverOrphans(this.options.store, (id) => this.active.has(id))
    if (events.length === 0) return
    this.options.onEvents(events)
    if (this.options.onRestart === 'resume') {
      for (const { run, type } of events)
        if (type === 'run-interrupted' && (this.options.store.find(run)?.summary.attempts ?? 0) < automaticAttempts)
          this.guard(`resuming the run ${run}`, () => void this.resume(run, true))
    }
    this.schedule()
  }

  private schedule(): void {
    if (this.stopping) return
    this.missed = !this.guard('starting a run', () => {
      for (let run = this.next(); run !== null; run = this.next()) this.run(run.summary.id)
    })
  }

  private next(): StoredRun | null {
    const { machines, store, parallel } = this.options
    const run = store.claim(parallel, ({ summary }) => machines?.runsHere(summary.id) !== false)
    if (run !== null) this.guard('saying why a run is done here', () => this.tellPassedOver(run.summary.id))
    return run
  }

  private tellPassedOver(run: string): void {
    const { machines, store, onEvents } = this.options
    const messages = machines?.passedOver(run) ?? []
    if (messages.length > 0)
      onEvents(
        store.append(
          run,
          messages.map((message) => ({ type: 'log', level: 'warning', message })),
        ),
      )
  }

  private run(id: string): void {
    const cancel = new AbortController()
    const interrupt = new AbortController()
    const done = this.execute(id, cancel.signal, interrupt.signal).finally(() => {
      this.active.delete(id)
      this.schedule()
    })
    this.active.set(id, { cancel, interrupt, done })
  }

  private async execute(id: string, cancel: AbortSignal, interrupt: AbortSignal): Promise<void> {
    const { store, program, environment = {}, onEvents, onError } = this.options
    try {
      for await (const event of superviseRun(id, { store, program, environment, cancel, interrupt })) {
        onEvents([event])
        // Runs for other devices need not wait for this one any longer.
        if ('device' in event) this.schedule()
      }
    } catch (error) {
      // A refusal is written down as the run's end; anything else is a fault that must not end the server.
      if (!(error instanceof RunRefused)) onError(`run ${id} could not be looked after`, error)
    }
  }

  /** Whether it succeeded. */
  private guard(what: string, work: () => void): boolean {
    try {
      work()
      return true
    } catch (error) {
      this.options.onError(`${what} failed`, error)
      return false
    }
  }
}
