import type { RunEvent } from '@graft/graph-schema'
import { colorsFor } from '../../text/colors.js'
import { RunCourse } from './collect-run.js'
import { jsonView } from './json-view.js'
import type { NameNode } from './lines-of-event.js'
import { plainView } from './plain-view.js'
import type { RunView } from './run-view.js'
import { terminalView } from './terminal-view.js'

const exitCodes = { succeeded: 0, failed: 1, cancelled: 130 } as const

/** Shows events as they come, in the way that fits where they are shown. */
export async function showEvents(
  events: AsyncIterable<RunEvent>,
  name: NameNode,
  json: boolean,
  output: NodeJS.WriteStream = process.stdout,
): Promise<RunCourse> {
  const course = new RunCourse()
  let view: RunView | null = null
  try {
    for await (const event of events) {
      // Only now, so that a refused document is reported on a terminal that is as it was.
      view ??= viewFor(name, json, output)
      course.take(event)
      view.show(event)
    }
  } finally {
    view?.close()
  }
  return course
}

export function viewFor(name: NameNode, json: boolean, output: NodeJS.WriteStream = process.stdout): RunView {
  if (json) return jsonView(output)
  const moving = output.isTTY && process.env.TERM !== 'dumb' && !process.env.CI
  return moving ? terminalView(output, name, colorsFor(output)) : plainView(output, name, colorsFor(output))
}

/** What a command ends with that has shown a run up to its last event. */
export function exitCodeOf(last: RunEvent | null): number {
  return last?.type === 'run-finished' ? exitCodes[last.status] : 1
}
