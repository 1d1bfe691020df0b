import type { RunEvent, RunEventBody, Worker } from '@graft/graph-schema'
import type { Database } from '../../database/open-database.js'
import type { RunStore } from '../run-store.js'
import type { StoredRun } from '../stored-run.js'
import { Leases } from './leases.js'
import { LeaseWatch } from './lease-watch.js'
import { WorkerList } from './worker-list.js'

/**
 * Where the runs of the queue go. `auto`: to workers while any is connected, else to this machine; `here`, `workers`,
 * `both`: as the words say.
 */
export const runPlaces = ['auto', 'here', 'workers', 'both'] as const
export type RunPlace = (typeof runPlaces)[number]

/** A worker that is idle asks every second; one that works tells something as often. */
const presentMilliseconds = 10_000
/** One that was not heard of for so long may have been started again under its name. */
const heardMilliseconds = 3000
/** Of names, where an id stands behind them. */
const longestName = 50
/** Workers are looked after four times a second; where that is so late, this process stood still. */
const stillMilliseconds = 2000
/** After a start, workers that were there before get this long to come back before the queue is worked off here. */
const returnMilliseconds = 5000
/** So many runs are known to be not for everybody; then that is found out again. */
const mostPassed = 10_000

export interface MachinesOptions {
  readonly database: Database
  readonly store: RunStore
  readonly place: RunPlace
  /** How long a worker may be silent before its run goes to another one. */
  readonly leaseSeconds: number
  /** What keeps a worker from a run; null: nothing. */
  readonly unsuited: (run: string, worker: Worker) => string | null
}

/** What stands in the log of a run that a worker can't do. */
export const passedOverMessage = (worker: string, reason: string): string =>
  `The worker ${worker} can't take this run: ${reason}.`

/** What a worker gets, or what keeps it from getting a run. */
export interface Taken {
  readonly run: StoredRun
  readonly lease: string
  readonly events: readonly RunEvent[]
}

/** The machines that take runs from the queue of this server. */
export class Machines {
  readonly leases: Leases
  readonly workers: WorkerList
  private readonly watch: LeaseWatch
  private readonly present = new Map<string, number>()
  private returnBy: number
  private looked = performance.now()
  /** The last lease of each worker. */
  private readonly given = new Map<string, string>()
  private readonly passed = new Map<string, Set<string>>()
  private readonly facts = new Map<string, Worker>()
  private readonly judged = new Map<string, string | null>()
  /** Workers on which the system has ended the process of a run, by the run. */
  private readonly ended = new Map<string, Set<string>>()
  private passes = 0

  constructor(private readonly options: MachinesOptions) {
    const { database, store, leaseSeconds } = options
    this.leases = new Leases(database, store)
    this.workers = new WorkerList(database)
    this.watch = new LeaseWatch(leaseSeconds * 1000)
    const awaited = this.workers.list().some(({ connected }) => connected) || this.leases.all().length > 0
    this.returnBy = awaited ? performance.now() + returnMilliseconds : 0
  }

  get leaseSeconds(): number {
    return this.options.leaseSeconds
  }

  /** Whether workers get runs at all. */
  get takesWorkers(): boolean {
    return this.options.place !== 'here'
  }

  /**
   * Whether this machine takes runs from the queue at the moment; with `run`: that one. What no connected worker can do,
   * busy or not, is done here, where that is left open.
   */
  runsHere(run?: string): boolean {
    const { place } = this.options
    if (place !== 'auto') return place !== 'workers'
    if (performance.now() < this.returnBy) return false
    if (this.connected() === 0) return true
    return run !== undefined && [...this.present.keys()].every((id) => this.cannot(run, id))
  }

  private cannot(run: string, id: string): boolean {
    return this.passed.get(run)?.has(id) === true || this.reason(run, id) !== null
  }

  /** What keeps a worker from a run, by what it has said of itself; asked once, because documents may be large. */
  private reason(run: string, id: string): string | null {
    const worker = this.facts.get(id)
    if (worker === undefined) return null
    const key = `${run} ${id}`
    const known = this.judged.get(key)
    if (known !== undefined) return known
    if (this.judged.size >= mostPassed) this.judged.clear()
    const reason = this.options.unsuited(run, worker)
    this.judged.set(key, reason)
    return reason
  }

  /** What a run that this machine takes is to say of the workers that can't do it, unless it was said. */
  passedOver(run: string): readonly string[] {
    if (this.options.place !== 'auto') return []
    return [...this.present.keys()].flatMap((id) => {
      const reason = this.reason(run, id)
      const worker = this.facts.get(id)
      if (reason === null || worker === undefined || !this.passOver(run, id)) return []
      return [passedOverMessage(worker.name, reason)]
    })
  }

  /** Changes when there may be something else for this machine to do. */
  get state(): string {
    return `${this.runsHere()} ${this.passes} ${[...this.present.keys()].join()}`
  }

  /** A worker can't do a run. False when that was known. */
  passOver(run: string, worker: string): boolean {
    const passedBy = this.passed.get(run) ?? new Set()
    if (passedBy.has(worker)) return false
    if (this.passed.size >= mostPassed) this.passed.clear()
    this.passed.set(run, passedBy.add(worker))
    this.passes += 1
    return true
  }

  /** How many workers are there. */
  connected(): number {
    const now = performance.now()
    for (const [id, seen] of this.present)
      if (now - seen > presentMilliseconds) {
        this.present.delete(id)
        this.facts.delete(id)
      }
    return this.present.size
  }

  /** A worker was heard of. */
  seen(id: string, said?: Worker): void {
    const worker = said && this.toldApart(said)
    this.present.set(id, performance.now())
    this.workers.seen(id, worker)
    // One that has worked since before this server started says only that it is alive.
    const facts = worker ?? this.facts.get(id) ?? this.workers.find(id)
    if (facts !== null) this.facts.set(id, facts)
  }

  /**
   * Gives a worker the first waiting run that suits it; null when there is none. One that asks again before it has told
   * anything of the last one never got that: the answer was lost on its way.
   */
  take(worker: Worker, suits: (run: StoredRun) => boolean): Taken | null {
    const last = this.given.get(worker.id)
    const unheard = last === undefined ? null : this.leases.unheard(last)
    if (last !== undefined && unheard !== null) return { run: unheard, lease: last, events: [] }
    const isFor = ({ summary: { id } }: StoredRun): boolean =>
      this.ended.get(id)?.has(worker.id) !== true || !this.hasOther(id)
    const taken = this.leases.take(this.nameOf(worker), (run) => isFor(run) && suits(run))
    if (this.given.size >= mostPassed) this.given.clear()
    if (taken !== null) this.given.set(worker.id, taken.lease)
    return taken
  }

  /**
   * The system has ended the process of a leased run, most likely for lack of memory: another worker may have more. False
   * where no other that could do it is connected, or it was tried as often as it may be: then it fails. Throws LeaseLost.
   */
  mayMoveOn(lease: string): boolean {
    const { id } = this.leases.require(lease).summary
    const [worker] = [...this.given].find(([, given]) => given === lease) ?? []
    if (this.ended.size >= mostPassed) this.ended.clear()
    if (worker !== undefined) this.ended.set(id, (this.ended.get(id) ?? new Set()).add(worker))
    return !this.leases.isLastAttempt(lease) && this.hasOther(id)
  }

  /** Whether a worker is connected that can do a run, and on which the system has not ended it. */
  private hasOther(run: string): boolean {
    if (this.connected() === 0) return false
    return [...this.present.keys()].some((id) => this.ended.get(run)?.has(id) !== true && !this.cannot(run, id))
  }

  /** What a worker is called here. */
  nameOf({ id, name }: Pick<Worker, 'id' | 'name'>): string {
    return this.facts.get(id)?.name ?? name
  }

  /** Whoever comes second with a name that another worker has gets the end of its id behind it, and keeps that. */
  private toldApart(worker: Worker): Worker {
    const { id, name } = worker
    const apart = `${name.slice(0, longestName)} (${id.slice(-4)})`
    const now = performance.now()
    const isTaken = [...this.facts.values()].some(
      (other) => other.id !== id && other.name === name && now - (this.present.get(other.id) ?? 0) < heardMilliseconds,
    )
    return isTaken || this.facts.get(id)?.name === apart ? { ...worker, name: apart } : worker
  }

  /** Throws LeaseLost. */
  tell(
    lease: string,
    from: number,
    bodies: readonly RunEventBody[],
  ): { readonly events: readonly RunEvent[]; readonly cancel: boolean } {
    return this.leases.tell(lease, from, bodies)
  }

  /** Takes runs from workers that are silent; gives what was written. One that can't be taken keeps no other waiting. */
  expire(onError: (error: unknown) => void): readonly RunEvent[] {
    const now = performance.now()
    // Workers that could not be heard meanwhile are waited for, as after a start.
    if (now - this.looked > stillMilliseconds && this.present.size > 0) this.returnBy = now + returnMilliseconds
    this.looked = now
    return this.watch.silent(this.leases.all()).flatMap(({ run: { lease, summary } }) => {
      try {
        return this.leases.end(
          lease ?? '',
          `The worker ${summary.host ?? ''} was not heard of for ${this.leaseSeconds} s: it was ended, or cannot reach the server.`,
        )
      } catch (error) {
        onError(error)
        return []
      }
    })
  }
}
