import { statfsSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { GraftError } from '@graft/errors'
import type { Worker } from '@graft/graph-schema'
import { noSpace } from '../executor/node-problem.js'
import { lackOfMemory } from '../process/events-of-death.js'
import type { Home } from '../home.js'
import { ServerClient, ServerRefusal } from '../remote/server-client.js'
import type { ServerAddress } from '../remote/server-client.js'
import { mirrorPlaces, tidyMirror } from '../remote/tidy-mirror.js'
import { openBlobStore } from '../store/file-blob-store.js'
import { removeLeftovers } from '../server/data/remove-leftovers.js'
import { formatBytes } from '../text/format-values.js'
import { performRun, usualLeavePatience } from './perform-run.js'
import type { LeavePatience, Performed } from './perform-run.js'

export interface WorkOptions {
  readonly server: ServerAddress
  readonly worker: Worker
  readonly home: Home
  readonly program: URL
  readonly device: string
  readonly mounted: readonly string[]
  readonly limitBytes: number
  /** Ends after so many seconds without a run; absent: never. */
  readonly idleSeconds?: number
  /** Aborted: what runs is given back, and the worker ends. */
  readonly leave: AbortSignal
  /** Aborted after `leave`: it is given back as it is, within a second. */
  readonly quit: AbortSignal
  /** Absent: the usual. */
  readonly patience?: LeavePatience
  readonly say: (message: string) => void
}

const askMilliseconds = 1000

/**
 * Takes runs from a server's queue, one after the other, until told to leave or the queue was empty for long enough.
 * Waits for a server that is away. Throws ServerRefusal when the server refuses the worker.
 */
export async function work(options: WorkOptions): Promise<void> {
  const { server, worker, home, leave, quit, say, idleSeconds = Number.POSITIVE_INFINITY } = options
  const client = new ServerClient(server, new AbortController().signal)
  let idleSince = performance.now()
  let wasAway = false
  let wasFull = false
  while (!leave.aborted && performance.now() - idleSince < idleSeconds * 1000) {
    const isFull = freeBytes(home.root) < leastFree
    if (isFull && !wasFull)
      say(`The disk of ${home.root} has less than ${formatBytes(leastFree)} free; taking no run until it has.`)
    wasFull = isFull
    if (isFull) {
      await rest(leave)
      continue
    }
    const leased = await ask(client, worker)
    if (leased === 'away' && !wasAway) say(`${server.address} can't be reached; trying again until it can.`)
    if (leased !== 'away' && wasAway) say(`${server.address} is back.`)
    wasAway = leased === 'away'
    if (leased === 'away' || leased === null) {
      await rest(leave)
      continue
    }
    say(`${leased.run}: ${leased.document.name}`)
    const { program, device, mounted, limitBytes, patience = usualLeavePatience } = options
    const outcome = await performRun(leased, {
      ...{ program, device, leave, quit, patience, worker: worker.id },
      store: openBlobStore(home.store),
      mirror: home.mirror,
      remote: { ...server, mounted, limitBytes },
    })
    say(`${leased.run}: ${outcomes[outcome]}`)
    if (outcome === noSpace) throw diskFull(home.root)
    await tidyMirror(mirrorPlaces(home.mirror), limitBytes)
    await removeLeftovers(home.temporary, home.data)
    idleSince = performance.now()
  }
}

const outcomes: Readonly<Record<Performed, string>> = {
  over: 'over',
  'given-back': 'given back to the queue',
  [noSpace]: 'given back to the queue, because the disk here is full',
  [lackOfMemory]: 'given back to the queue: the system ended its process, most likely because memory ran out',
  'stood-still': 'given back to the queue: its process was stopped from outside and did not go on',
  lost: 'taken away by the server: it had ended, or was given to another machine',
}

/** Where every run would fail, none is taken: another machine can do it. */
const leastFree = 50_000_000

function freeBytes(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize
  } catch {
    // Not there yet, or a file system that doesn't say.
    return Number.POSITIVE_INFINITY
  }
}

/** Its runs would go round: given back, taken again, and given back. */
const diskFull = (folder: string): GraftError =>
  new GraftError({
    code: noSpace,
    message: `The disk of ${folder} is full, so this worker stops. The run that it did was given back.`,
    fix: 'Free some disk space (`graft gc`), or set GRAFT_HOME to a folder on a larger disk, and start the worker again.',
  })

const rest = (leave: AbortSignal): Promise<void> =>
  pause(askMilliseconds, undefined, { signal: leave }).catch(() => undefined)

async function ask(
  client: ServerClient,
  worker: Worker,
): Promise<Awaited<ReturnType<typeof client.call<'takeRun'>>>['run'] | 'away'> {
  try {
    return (await client.call('takeRun', { json: worker, patience: 0 })).run
  } catch (error) {
    if (error instanceof ServerRefusal && (error.status === 0 || error.status >= 500 || error.status === 429))
      return 'away'
    throw error
  }
}
