import type { GraphDocument, RunEventBody } from '@graft/graph-schema'
import { runDerived } from './derived-run.js'
import { EventQueue } from './event-queue.js'
import { planRun } from './plan/plan-run.js'
import type { RunOptions } from './run-options.js'
import { Run } from './run.js'

/**
 * Runs a graph and tells what happens as it happens; who keeps the events numbers them. Ends with `run-finished`, whatever happens to the nodes: a failed
 * node fails the run, while branches that don't need it are still finished, so that one run shows every failure and
 * keeps every result. Aborting `options.signal` finishes the run as `cancelled`; so does leaving the generator early,
 * and then nothing is running any more when it has ended.
 *
 * @throws RunRefused before the first event when the document can't be run
 */
export async function* runGraph(
  document: GraphDocument,
  options: RunOptions,
): AsyncGenerator<RunEventBody, void, void> {
  const plan = planRun(document, options.library, options.to)
  const queue = new EventQueue<RunEventBody>()
  const left = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, left.signal]) : left.signal
  const run = new Run(document, plan, options, signal, (event) => queue.push(event), runDerived)
  const done = run.execute().finally(() => queue.close())
  // Awaited below; until then a failure must not count as unhandled.
  done.catch(() => undefined)
  try {
    yield* queue
    await done
  } finally {
    left.abort()
    await done.catch(() => undefined)
  }
}
