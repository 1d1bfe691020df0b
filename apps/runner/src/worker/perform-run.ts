import type { LeasedRun, RunEventBody } from '@graft/graph-schema'
import { RunRefused } from '../executor/run-options.js'
import { runInChild } from '../process/run-in-child.js'
import type { RemoteRun, RunRequest } from '../process/run-request.js'
import { ServerClient } from '../remote/server-client.js'
import { endOf } from '../runs/supervise-run.js'
import { EventSender } from './event-sender.js'
import type { EventSenderOptions } from './event-sender.js'

export interface PerformOptions extends Pick<EventSenderOptions, 'store' | 'mirror' | 'worker'> {
  readonly program: URL
  readonly remote: Omit<RemoteRun, 'lease'>
  /** What it computes on where the run leaves that open. */
  readonly device: string
  /** Aborted: the worker has to leave, and the run is given back. */
  readonly leave: AbortSignal
  /** Aborted after `leave`: the run is given back without telling the rest of what happened. */
  readonly quit: AbortSignal
}

/** Signs of life within the time that a lease lasts. */
const beatsPerLease = 6
const longestBeat = 1000
/** A server that can't be reached is not waited for once the worker has to leave. */
const leaveMilliseconds = 5000
/** And so long when it has to leave at once. */
export const quitMilliseconds = 1000

/**
 * Does a leased run in a process of its own and tells the server. Resolves when it is over, given back or lost. Throws
 * what telling threw when the server refuses for another reason.
 */
export async function performRun(leased: LeasedRun, options: PerformOptions): Promise<'over' | 'given-back' | 'lost'> {
  const { store, mirror, worker, leave, program, remote } = options
  const client = new ServerClient(remote, soonAfter(leave), Number.POSITIVE_INFINITY)
  const cancel = new AbortController()
  const kill = new AbortController()
  const sender = new EventSender({
    ...{ client, store, mirror, worker },
    lease: leased.lease,
    beat: Math.min(longestBeat, (leased.seconds * 1000) / beatsPerLease),
    onCancel: () => cancel.abort(),
    onLost: () => kill.abort(),
  })
  const ends = AbortSignal.any([kill.signal, leave])
  for await (const event of eventsOf(requestOf(leased, options), cancel.signal, ends, program))
    if (!ends.aborted) sender.push(event)
  if (leave.aborted) return giveBack(leased, sender, options)
  await sender.finish()
  return sender.hasLost ? 'lost' : 'over'
}

/**
 * Once all is told, or can't be told in time. A server that can't be told of this either finds out by itself, when the
 * lease ends.
 */
async function giveBack(
  { lease }: LeasedRun,
  sender: EventSender,
  { remote, quit }: Pick<PerformOptions, 'remote' | 'quit'>,
): Promise<'given-back' | 'lost'> {
  await Promise.race([sender.finish().catch(() => undefined), abortOf(quit)])
  if (sender.hasLost) return 'lost'
  const most = quit.aborted ? quitMilliseconds : leaveMilliseconds
  try {
    const client = new ServerClient(remote, AbortSignal.timeout(most))
    await client.call('giveBackRun', { params: { lease }, patience: most, timeout: most })
  } catch {
    return 'lost'
  }
  return 'given-back'
}

const abortOf = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })

function soonAfter(leave: AbortSignal): AbortSignal {
  const late = new AbortController()
  const arm = (): void => void setTimeout(() => late.abort(leave.reason), leaveMilliseconds).unref()
  if (leave.aborted) arm()
  else leave.addEventListener('abort', arm, { once: true })
  return late.signal
}

/** Ends with `run-finished`, whatever happens. */
async function* eventsOf(
  request: RunRequest,
  signal: AbortSignal,
  kill: AbortSignal,
  program: URL,
): AsyncGenerator<RunEventBody, void, void> {
  try {
    yield* runInChild(request, { signal, kill, program })
  } catch (error) {
    yield* endOf(error)
    if (!(error instanceof RunRefused)) throw error
  }
}

function requestOf({ lease, run, device, to, seconds: _, ...rest }: LeasedRun, options: PerformOptions): RunRequest {
  return {
    ...rest,
    runId: run,
    debug: false,
    device: device === 'auto' ? options.device : device,
    ...(to ? { to } : {}),
    remote: { ...options.remote, lease },
  }
}
