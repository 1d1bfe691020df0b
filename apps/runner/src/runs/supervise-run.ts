import { textOf } from '@graft/errors'
import type { RunEvent, RunEventBody } from '@graft/graph-schema'
import { RunRefused } from '../executor/run-options.js'
import { runInChild } from '../process/run-in-child.js'
import type { RunRequest } from '../process/run-request.js'
import type { RunProcess } from '../process/start-run-process.js'
import { identify } from './process-identity.js'
import { isOver } from './run-store.js'
import type { RunStore } from './run-store.js'

const cancelPollMilliseconds = 300

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
}

/**
 * Executes a run that belongs to this process, and writes every event before giving it on. However the run ends, it
 * ends in the database too; what another process asks for there (cancel) is obeyed.
 *
 * @throws RunRefused when the document can't be run; the run has then failed
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
  try {
    for await (const event of source(id, options, AbortSignal.any([options.cancel, asked.signal]))) {
      if (interrupt?.aborted) continue
      yield* store.append(id, [event])
    }
  } catch (error) {
    if (!interrupt?.aborted) yield* store.append(id, endOf(error))
    if (error instanceof RunRefused) throw error
  } finally {
    clearInterval(poll)
  }
  const run = store.find(id)
  if (interrupt?.aborted && run && !isOver(run.summary))
    yield* store.append(id, [
      { type: 'run-interrupted', message: 'The server was stopped while this run was in progress.' },
    ])
}

function source(id: string, options: SuperviseOptions, cancel: AbortSignal): AsyncGenerator<RunEventBody, void, void> {
  const { store, program, environment, started, kill, interrupt, execute, onOutput } = options
  const request = store.runRequest(id)
  if (execute) return execute(request, cancel)
  const kills = [kill, interrupt].filter((signal) => signal !== undefined)
  return runInChild(request, {
    signal: cancel,
    kill: AbortSignal.any(kills),
    onStart: (pid) => store.setWorker(id, identify(pid)),
    started,
    ...(program ? { program } : {}),
    ...(environment ? { environment } : {}),
    ...(onOutput ? { onOutput } : {}),
  })
}

/** Only what is not the fault of a node gets here: a document that is refused, or a fault of ours. */
function endOf(error: unknown): RunEventBody[] {
  const messages =
    error instanceof RunRefused
      ? error.problems.map(({ message, fix }) => `${message} ${fix}`.trim())
      : [`The run could not be executed: ${textOf(error)}`]
  return [
    ...messages.map((message): RunEventBody => ({ type: 'log', level: 'warning', message })),
    { type: 'run-finished', status: 'failed', outputs: {}, milliseconds: 0 },
  ]
}
