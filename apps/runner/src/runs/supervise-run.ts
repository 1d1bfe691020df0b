import { textOf } from '@graft/errors'
import type { RunEvent, RunEventBody } from '@graft/graph-schema'
import { persist } from '../database/persist.js'
import { RunRefused } from '../executor/run-options.js'
import { runInChild } from '../process/run-in-child.js'
import type { RunRequest } from '../process/run-request.js'
import type { RunProcess } from '../process/start-run-process.js'
import { identify } from './process-identity.js'
import { isOver } from './run-store.js'
import type { RunStore } from './run-store.js'

const cancelPollMilliseconds = 300
/** How long events wait for a database that is locked or full, and the end of a run for any other fault of it. */
const eventPatience = 60_000
const endPatience = 30_000
/** A process that has to leave doesn't wait long: the next one marks what it left. */
const lastPatience = 2000

export interface SuperviseOptions {
  readonly store: RunStore
  /** Program of the process that executes. */
  readonly program?: URL
  /** Variables for it, beyond those of this process. */
  readonly environment?: Readonly<Record<string, string>>
  /** Such a process, started early. */
  readonly started?: RunProcess | undefined
  /** Executes in this process instead. */
  readonly execute?: (request: RunRequest, signal: AbortSignal) => AsyncGenerator<RunEventBody, void, void>
  /** The person wants the run to stop. */
  readonly cancel: AbortSignal
  /** The person wants it to stop at once. */
  readonly kill?: AbortSignal
  /** The process that looks after the run has to leave: the run is marked as interrupted, to be resumed. */
  readonly interrupt?: AbortSignal
  readonly onOutput?: (text: string) => void
  /** Milliseconds that what happened waits for a database that can't be written; default a minute. */
  readonly patience?: number
}

/**
 * Executes a run that belongs to this process, and writes every event before giving it on. However the run ends, it
 * ends in the database too, as soon as that can be written; what another process asks for there (cancel) is obeyed.
 *
 * @throws RunRefused when the document can't be run; the run has then failed
 * @throws whatever writing throws when the end can't be written within half a minute. The row then still belongs to
 *   this process; `RunStore.interruptOrphans` frees it
 */
export async function* superviseRun(id: string, options: SuperviseOptions): AsyncGenerator<RunEvent, void, void> {
  const { store, interrupt } = options
  const asked = new AbortController()
  const poll = setInterval(() => {
    try {
      if (store.find(id)?.cancelRequested) asked.abort()
    } catch {
      // A database that is busy for long is asked again; a run doesn't end for that.
    }
  }, cancelPollMilliseconds)
  const over = new AbortController()
  try {
    const cancel = AbortSignal.any([options.cancel, asked.signal])
    for await (const event of source(id, options, cancel, over.signal)) {
      if (interrupt?.aborted) continue
      yield* await persist(() => store.append(id, [event]), {
        milliseconds: options.patience ?? eventPatience,
        signal: interrupt,
      })
    }
  } catch (error) {
    if (!interrupt?.aborted) yield* await end(id, options, endOf(error))
    if (error instanceof RunRefused) throw error
  } finally {
    clearInterval(poll)
    over.abort()
  }
  if (interrupt?.aborted)
    yield* await end(id, options, [
      { type: 'run-interrupted', message: 'The server was stopped while this run was in progress.' },
    ])
}

/** Writes the end of a run, unless it is over; whatever the fault, it is tried again for a while. */
function end(
  id: string,
  { store, interrupt, patience }: SuperviseOptions,
  bodies: readonly RunEventBody[],
): Promise<readonly RunEvent[]> {
  const write = (): readonly RunEvent[] => {
    const run = store.find(id)
    return run === null || isOver(run.summary) ? [] : store.append(id, bodies)
  }
  const milliseconds = interrupt?.aborted ? lastPatience : Math.min(endPatience, patience ?? endPatience)
  return persist(write, { milliseconds, whatever: true })
}

function source(
  id: string,
  options: SuperviseOptions,
  cancel: AbortSignal,
  over: AbortSignal,
): AsyncGenerator<RunEventBody, void, void> {
  const { store, program, environment, started, kill, interrupt, execute, onOutput } = options
  const request = store.runRequest(id)
  if (execute) return execute(request, cancel)
  const kills = [kill, interrupt].filter((signal) => signal !== undefined)
  return runInChild(request, {
    signal: cancel,
    kill: AbortSignal.any(kills),
    onStart: (pid) => noteWorker(store, id, pid, over),
    started,
    ...(program ? { program } : {}),
    ...(environment ? { environment } : {}),
    ...(onOutput ? { onOutput } : {}),
  })
}

/**
 * Only there so that a process which outlives its runner is found, so a run doesn't wait for it and doesn't fail for it.
 */
function noteWorker(store: RunStore, id: string, pid: number, over: AbortSignal): void {
  const worker = identify(pid)
  const write = (): void => {
    if (!over.aborted) store.setWorker(id, worker)
  }
  void persist(write, { milliseconds: eventPatience, signal: over }).catch(() => undefined)
}

/** Only what is not the fault of a node gets here: a document that is refused, or a fault of ours. */
export function endOf(error: unknown): RunEventBody[] {
  const messages =
    error instanceof RunRefused
      ? error.problems.map(({ message, fix }) => `${message} ${fix}`.trim())
      : [`The run could not be executed: ${textOf(error)}`]
  return [
    ...messages.map((message): RunEventBody => ({ type: 'log', level: 'warning', message })),
    { type: 'run-finished', status: 'failed', outputs: {}, milliseconds: 0 },
  ]
}
