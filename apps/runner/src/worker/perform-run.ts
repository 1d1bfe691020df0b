import type { GiveBackReason, LeasedRun, RunEventBody } from '@graft/graph-schema'
import { noSpace } from '../executor/node-problem.js'
import { RunRefused } from '../executor/run-options.js'
import { runInChild } from '../process/run-in-child.js'
import type { RemoteRun, RunRequest } from '../process/run-request.js'
import { ServerClient } from '../remote/server-client.js'
import { endOf } from '../runs/supervise-run.js'
import { EventSender } from './event-sender.js'
import type { EventSenderOptions } from './event-sender.js'

/** Milliseconds that a server is waited for once the worker has to leave. */
export interface LeavePatience {
  /** To be told what happened, and to take the run back. */
  readonly leave: number
  /** To take it back when the worker has to leave at once. */
  readonly quit: number
}

export const usualLeavePatience: LeavePatience = { leave: 5000, quit: 1000 }

export interface PerformOptions extends Pick<EventSenderOptions, 'store' | 'mirror' | 'worker'> {
  readonly program: URL
  readonly remote: Omit<RemoteRun, 'lease'>
  /** What it computes on where the run leaves that open. */
  readonly device: string
  /** Aborted: the worker has to leave, and the run is given back. */
  readonly leave: AbortSignal
  /** Aborted after `leave`: the run is given back without telling the rest of what happened. */
  readonly quit: AbortSignal
  readonly patience: LeavePatience
}

/** Signs of life within the time that a lease lasts. */
const beatsPerLease = 6
const longestBeat = 1000

/**
 * Does a leased run in a process of its own and tells the server. Resolves when it is over, given back, lost, or given
 * back because the disk of this machine is full. Throws what telling threw when the server refuses for another reason.
 */
export async function performRun(
  leased: LeasedRun,
  options: PerformOptions,
): Promise<'over' | 'given-back' | 'lost' | 'no-space'> {
  const { store, mirror, worker, leave, quit, patience, program, remote } = options
  const telling = AbortSignal.any([soonAfter(leave, patience.leave), quit])
  const client = new ServerClient(remote, telling, Number.POSITIVE_INFINITY)
  const cancel = new AbortController()
  const kill = new AbortController()
  const full = new AbortController()
  const sender = new EventSender({
    ...{ client, store, mirror, worker },
    lease: leased.lease,
    beat: Math.min(longestBeat, (leased.seconds * 1000) / beatsPerLease),
    onCancel: () => cancel.abort(),
    onLost: () => kill.abort(),
  })
  const ends = AbortSignal.any([kill.signal, full.signal, leave])
  for await (const event of eventsOf(requestOf(leased, options), cancel.signal, ends, program))
    if (isOfFullDisk(event)) full.abort()
    else if (!ends.aborted) sender.push(event)
  if (full.signal.aborted) sender.push(fullDisk)
  if (full.signal.aborted || leave.aborted) {
    const outcome = await giveBack(leased, sender, options, full.signal.aborted ? 'disk-full' : 'ended')
    return full.signal.aborted && outcome === 'given-back' ? noSpace : outcome
  }
  await sender.finish()
  return sender.hasLost ? 'lost' : 'over'
}

/** A machine with another disk may do it. */
const isOfFullDisk = (event: RunEventBody): boolean => event.type === 'node-failed' && event.problem.code === noSpace

const fullDisk: RunEventBody = {
  type: 'log',
  level: 'warning',
  message: 'The disk of this worker is full, so it gives the run back and stops. Another machine may go on with it.',
}

/**
 * Once all is told, or can't be told in time. A server that can't be told of this either finds out by itself, when the
 * lease ends.
 */
async function giveBack(
  { lease }: LeasedRun,
  sender: EventSender,
  { remote, quit, patience }: Pick<PerformOptions, 'remote' | 'quit' | 'patience'>,
  reason: GiveBackReason,
): Promise<'given-back' | 'lost'> {
  await Promise.race([sender.finish().catch(() => undefined), abortOf(quit)])
  if (sender.hasLost) return 'lost'
  const most = quit.aborted ? patience.quit : patience.leave
  try {
    const client = new ServerClient(remote, AbortSignal.timeout(most))
    await client.call('giveBackRun', { params: { lease }, query: { reason }, patience: most, timeout: most })
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

function soonAfter(leave: AbortSignal, milliseconds: number): AbortSignal {
  const late = new AbortController()
  const arm = (): void => void setTimeout(() => late.abort(leave.reason), milliseconds).unref()
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
