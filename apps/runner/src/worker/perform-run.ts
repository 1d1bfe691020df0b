import type { GiveBackReason, LeasedRun, RunEventBody } from '@graft/graph-schema'
import { noSpace } from '../executor/node-problem.js'
import { RunRefused } from '../executor/run-options.js'
import { lackOfMemory } from '../process/events-of-death.js'
import { runInChild } from '../process/run-in-child.js'
import type { RemoteRun, RunRequest } from '../process/run-request.js'
import { ServerClient, ServerRefusal } from '../remote/server-client.js'
import { endOf } from '../runs/supervise-run.js'
import { EventSender } from './event-sender.js'
import type { EventSenderOptions } from './event-sender.js'
import { watchStopped } from './watch-stopped.js'

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

/** How a leased run ended here; the last three: given back, because of this machine or of the run. */
export type Performed = 'over' | 'given-back' | 'lost' | typeof noSpace | typeof lackOfMemory | 'stood-still'

/**
 * Does a leased run in a process of its own and tells the server. Resolves when it is over, given back for whatever reason,
 * or lost. Throws what telling threw when the server refuses for another reason.
 */
export async function performRun(leased: LeasedRun, options: PerformOptions): Promise<Performed> {
  const { store, mirror, worker, leave, quit, patience, program, remote } = options
  const telling = AbortSignal.any([soonAfter(leave, patience.leave), quit])
  const client = new ServerClient({ ...remote, mostBytes: leased.mostBytes }, telling, Number.POSITIVE_INFINITY)
  const cancel = new AbortController()
  const kill = new AbortController()
  const full = new AbortController()
  const stood = new AbortController()
  const sender = new EventSender({
    ...{ client, store, mirror, worker },
    lease: leased.lease,
    beat: Math.min(longestBeat, (leased.seconds * 1000) / beatsPerLease),
    onCancel: () => cancel.abort(),
    onLost: () => kill.abort(),
  })
  const ends = AbortSignal.any([kill.signal, full.signal, stood.signal, leave])
  // What is not told before it is known whether another worker may do better.
  const held: RunEventBody[] = []
  const around = { signal: cancel.signal, kill: ends, program, onStart: watchStopped(leased.seconds, stood) }
  for await (const event of eventsOf(requestOf(leased, options), around))
    if (isOf(noSpace, event)) full.abort()
    else if (ends.aborted) continue
    else if (held.length > 0 || isOf(lackOfMemory, event)) held.push(event)
    else sender.push(event)
  if (full.signal.aborted) sender.push(fullDisk)
  if (full.signal.aborted || leave.aborted) {
    const outcome = await giveBack(leased, sender, options, full.signal.aborted ? 'disk-full' : 'ended')
    return full.signal.aborted && outcome === 'given-back' ? noSpace : outcome
  }
  if (stood.signal.aborted) {
    const outcome = await giveBack(leased, sender, options, 'stood-still')
    return outcome === 'given-back' ? 'stood-still' : outcome
  }
  if (held.length > 0 && (await movesOn(leased, sender, client))) return lackOfMemory
  for (const event of held) sender.push(event)
  await sender.finish()
  return sender.hasLost ? 'lost' : 'over'
}

/** A machine with another disk, or more memory, may do it. */
const isOf = (code: string, event: RunEventBody): boolean => event.type === 'node-failed' && event.problem.code === code

/** Gives a run back whose process the system has ended, where somebody else may do better. */
async function movesOn({ lease }: LeasedRun, sender: EventSender, client: ServerClient): Promise<boolean> {
  await sender.flush()
  try {
    await client.call('giveBackRun', { params: { lease }, query: { reason: 'out-of-memory' } })
  } catch (error) {
    // With a worker that has to leave meanwhile, or a lease that is lost, telling ends by itself.
    if (error instanceof ServerRefusal || client.isDone) return false
    throw error
  }
  await sender.finish()
  return true
}

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
  around: Parameters<typeof runInChild>[1],
): AsyncGenerator<RunEventBody, void, void> {
  try {
    yield* runInChild(request, around)
  } catch (error) {
    yield* endOf(error)
    if (!(error instanceof RunRefused)) throw error
  }
}

function requestOf(
  { lease, mostBytes, run, device, to, seconds: _, ...rest }: LeasedRun,
  options: PerformOptions,
): RunRequest {
  return {
    ...rest,
    runId: run,
    debug: false,
    device: device === 'auto' ? options.device : device,
    ...(to ? { to } : {}),
    remote: { ...options.remote, mostBytes, lease },
  }
}
