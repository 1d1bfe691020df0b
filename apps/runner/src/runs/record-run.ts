import { mkdir, open } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunEvent } from '@graft/graph-schema'
import type { Home } from '../home.js'
import type { RunRequest } from '../process/run-request.js'
import { writeAtomically } from '../store/write-atomically.js'

/** What is known of a run without reading its events. */
export interface RunRecord {
  readonly id: string
  readonly name: string
  /** Path of the graph, or name of the template. */
  readonly graph: string
  readonly started: string
  readonly status: 'running' | 'succeeded' | 'failed' | 'cancelled'
  readonly milliseconds: number | null
  /** Process to ask whether a run that says `running` still does. */
  readonly process: number
}

/** Passes events through while writing them to `runs/<id>/events.ndjson`, with a summary in `run.json`. A full disk stops the record, not the run. */
export async function* recordRun(events: AsyncIterable<RunEvent>, request: RunRequest, home: Home): AsyncGenerator<RunEvent, void, void> {
  const directory = join(home.runs, request.runId)
  const record: RunRecord = {
    id: request.runId, name: request.document.name, graph: request.graph, started: new Date().toISOString(), status: 'running', milliseconds: null, process: process.pid,
  }
  const save = (changed: Partial<RunRecord>): Promise<void> => writeAtomically(join(directory, 'run.json'), JSON.stringify({ ...record, ...changed }, null, 2)).catch(() => undefined)
  let file: Awaited<ReturnType<typeof open>> | null = null
  try {
    for await (const event of events) {
      if (file === null) {
        await mkdir(directory, { recursive: true }).catch(() => undefined)
        await save({})
        file = await open(join(directory, 'events.ndjson'), 'a').catch(() => null)
      }
      await file?.appendFile(`${JSON.stringify(event)}\n`).catch(() => undefined)
      if (event.type === 'run-finished') await save({ status: event.status, milliseconds: event.milliseconds })
      yield event
    }
  } finally {
    await file?.close()
  }
}
