import { setTimeout as pause } from 'node:timers/promises'
import type { Worker } from '@graft/graph-schema'
import type { Home } from '../home.js'
import { ServerClient, ServerRefusal } from '../remote/server-client.js'
import type { ServerAddress } from '../remote/server-client.js'
import { mirrorPlaces, tidyMirror } from '../remote/tidy-mirror.js'
import { openBlobStore } from '../store/file-blob-store.js'
import { removeLeftovers } from '../server/data/remove-leftovers.js'
import { performRun, usualLeavePatience } from './perform-run.js'
import type { LeavePatience } from './perform-run.js'

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
  while (!leave.aborted && performance.now() - idleSince < idleSeconds * 1000) {
    const leased = await ask(client, worker)
    if (leased === 'away' && !wasAway) say(`${server.address} can't be reached; trying again until it can.`)
    if (leased !== 'away' && wasAway) say(`${server.address} is back.`)
    wasAway = leased === 'away'
    if (leased === 'away' || leased === null) {
      await pause(askMilliseconds, undefined, { signal: leave }).catch(() => undefined)
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
    await tidyMirror(mirrorPlaces(home.mirror), limitBytes)
    await removeLeftovers(home.temporary, home.data)
    idleSince = performance.now()
  }
}

const outcomes = {
  over: 'over',
  'given-back': 'given back to the queue',
  lost: 'taken away by the server: it had ended, or was given to another machine',
} as const

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
