import type { ChildProcess } from 'node:child_process'
import { performance } from 'node:perf_hooks'
import type { RunEventBody } from '@graft/graph-schema'
import { EventQueue } from '../executor/event-queue.js'
import { RunRefused } from '../executor/run-options.js'
import { eventsOfDeath } from './events-of-death.js'
import { toParent } from './run-request.js'
import type { RunRequest, ToChild } from './run-request.js'
import { hold, startRunProcess } from './start-run-process.js'
import type { RunProcess } from './start-run-process.js'

const graceMilliseconds = 5000
const keptOutput = 4000

export interface ChildOptions {
  /** Aborted: the child is told to stop, and killed when it hasn't within `graceMilliseconds`. */
  readonly signal: AbortSignal
  /** Aborted: the child is killed at once. */
  readonly kill?: AbortSignal
  readonly graceMilliseconds?: number
  /** Program of the child; for tests. */
  readonly program?: URL
  /** Variables beyond those of this process. */
  readonly environment?: Readonly<Record<string, string>>
  /** A process that was started early; used unless it has ended. */
  readonly started?: RunProcess | undefined
  /** Told the number of the child's process. */
  readonly onStart?: (pid: number) => void
  /** Receives what the child prints; absent: only the end of it is kept, for the message about a crash. */
  readonly onOutput?: (text: string) => void
}

/**
 * Runs a request in a process of its own, because engines block their thread and may crash. Gives the same events as
 * `runGraph`, also when the process dies: then the node that ran fails with the reason, and the run is finished.
 * Leaving the generator early kills the process.
 *
 * @throws RunRefused when the child refuses the request
 */
export async function* runInChild(
  request: RunRequest,
  options: ChildOptions,
): AsyncGenerator<RunEventBody, void, void> {
  const { child, ready } = takeProcess(options)
  if (child.pid !== undefined) options.onStart?.(child.pid)
  const queue = new EventQueue<RunEventBody>()
  const seen: RunEventBody[] = []
  const started = performance.now()
  const output = keepOutput(child, options.onOutput)
  let refused: RunRefused | null = null
  child.on('message', (json) => {
    const message = toParent.parse(json)
    if (message.type === 'ready') return
    if (message.type === 'refused') refused = new RunRefused(message.problems)
    else {
      seen.push(summary(message.event))
      queue.push(message.event)
    }
  })
  void ready.then(() => tell(child, { type: 'start', request }))
  const stopListening = obeySignals(child, options)
  let closed = false
  child.on('error', (error) => output.add(error.message))
  child.on('close', (code, signal) => {
    closed = true
    stopListening()
    if (refused === null)
      for (const event of eventsOfDeath(request, seen, {
        code,
        signal,
        cancelled: options.signal.aborted,
        output: output.text(),
        milliseconds: Math.round(performance.now() - started),
      }))
        queue.push(event)
    queue.close()
  })
  try {
    yield* queue
    if (refused !== null) throw refused as RunRefused
  } finally {
    stopListening()
    if (!closed) child.kill('SIGKILL')
  }
}

function takeProcess({ started, program, environment }: ChildOptions): RunProcess {
  const alive =
    started?.child.pid !== undefined &&
    started.child.exitCode === null &&
    started.child.signalCode === null &&
    started.child.connected
  const taken = alive ? started : startRunProcess(program ?? new URL('./run-child.js', import.meta.url), environment)
  hold(taken)
  return taken
}

/** Outputs may be large and only the course of the run is looked at again. */
function summary(event: RunEventBody): RunEventBody {
  return event.type === 'node-finished' || event.type === 'node-cached' ? { ...event, outputs: {} } : event
}

function tell(child: ChildProcess, message: ToChild): void {
  // A child that has just died is handled where its end is.
  if (child.connected) child.send(message, () => undefined)
}

function obeySignals(
  child: ChildProcess,
  { signal, kill, graceMilliseconds: grace = graceMilliseconds }: ChildOptions,
): () => void {
  let timer: NodeJS.Timeout | undefined
  const cancel = (): void => {
    tell(child, { type: 'cancel' })
    timer = setTimeout(() => child.kill('SIGKILL'), grace)
  }
  const killNow = (): void => void child.kill('SIGKILL')
  signal.addEventListener('abort', cancel, { once: true })
  kill?.addEventListener('abort', killNow, { once: true })
  if (signal.aborted) cancel()
  if (kill?.aborted) killNow()
  return () => {
    clearTimeout(timer)
    signal.removeEventListener('abort', cancel)
    kill?.removeEventListener('abort', killNow)
  }
}

/** Native libraries print as they please; on our own stdout that would spoil `--json`. */
function keepOutput(
  child: ChildProcess,
  onOutput?: (text: string) => void,
): { add(text: string): void; text(): string } {
  let kept = ''
  const add = (text: string): void => {
    kept = (kept + text).slice(-keptOutput)
    onOutput?.(text)
  }
  child.stdout?.setEncoding('utf8').on('data', add)
  child.stderr?.setEncoding('utf8').on('data', add)
  return { add, text: () => kept }
}
