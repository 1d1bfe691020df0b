import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { GraphDocument } from '@graft/graph-schema'
import { planRun } from '../../executor/plan/plan-run.js'
import { RunRefused } from '../../executor/run-options.js'
import { HelperRefusal } from '../../helper/helper-protocol.js'
import { factsOfGraph } from '../../runs/graph-facts.js'
import type { StoredRun } from '../../runs/stored-run.js'
import { documentProblem, HttpProblem, notFound } from '../http/http-problem.js'
import { pluginMilliseconds, usesPlugins } from '../services/node-library.js'
import { readDocument } from '../http/read-document.js'
import type { Handlers } from '../http/register.js'
import type { Services } from '../services/services.js'
import { refuseUnknownEngine } from '../http/refuse-unknown-engine.js'

type Names =
  | 'startRun'
  | 'listRuns'
  | 'getRun'
  | 'cancelRun'
  | 'resumeRun'
  | 'deleteRun'
  | 'cancelAllRuns'
  | 'moveRunToFront'
  | 'listRunEvents'
  | 'getQueue'
  | 'describeRun'

export function runHandlers(services: Services): Pick<Handlers, Names> {
  const { runs, supervisor, limits, roots, nodes } = services
  const required = (id: string): StoredRun => {
    const run = runs.find(id)
    if (run === null) throw notFound(`run "${id}"`)
    return run
  }
  const summary = (id: string): { run: StoredRun['summary'] } => ({ run: required(id).summary })
  return {
    startRun: async ({ body }) => {
      refuseUnknownEngine(body)
      const document = readDocument(body.document)
      const to = typeof body.to === 'string' ? [body.to] : body.to
      await refuseUnlessPlannable(document, to, services)
      if (runs.queued().length >= limits.queuedRuns)
        throw new HttpProblem(
          429,
          'queue-full',
          `There are ${limits.queuedRuns} runs waiting already. Cancel some, or wait.`,
        )
      const request = {
        document,
        graph: body.graphId === undefined ? `server:${document.name}` : `server:${body.graphId}`,
        base: roots.base,
        roots: roots.paths,
        engine: body.engine,
        device: body.device,
        ignoreCache: body.ignoreCache,
        debug: false,
        ...(to === undefined ? {} : { to }),
      }
      const run = supervisor.enqueue({
        request,
        front: body.front,
        priority: body.priority,
        facts: factsOfGraph(document, (await nodes.read()).manifests),
        ...(body.graphId === undefined ? {} : { graphId: body.graphId }),
        ...(body.draft === undefined ? {} : { draft: body.draft }),
      })
      return summary(run.summary.id)
    },
    listRuns: ({ query }) => ({ runs: runs.list(query).map((run) => run.summary) }),
    getRun: async ({ params }) => {
      const { summary: run } = required(params.id)
      await runs.prepareState(params.id)
      const state = runs.state(params.id)
      return { run, document: runs.requestOf(params.id).document, nodes: state.nodes, state }
    },
    cancelRun: ({ params }) => {
      const { status } = required(params.id).summary
      if (status !== 'queued' && status !== 'running')
        throw new HttpProblem(409, 'run-over', `The run is ${status} already, so there is nothing to cancel.`)
      supervisor.cancel(params.id)
      return summary(params.id)
    },
    resumeRun: ({ params }) => {
      const { status } = required(params.id).summary
      if (!supervisor.resume(params.id))
        throw new HttpProblem(
          409,
          'run-not-resumable',
          `The run is ${status}. Only one that was interrupted, cancelled or failed can be resumed.`,
        )
      return summary(params.id)
    },
    deleteRun: async ({ params }) => {
      required(params.id)
      if (!runs.remove(params.id)) throw new HttpProblem(409, 'run-not-over', 'The run waits or runs. Cancel it first.')
      await rm(join(services.home.checkpoints, params.id), { recursive: true, force: true })
      services.queueChanged()
    },
    describeRun: ({ params, body }) => {
      required(params.id)
      runs.describe(params.id, body)
      services.queueChanged()
      return summary(params.id)
    },
    cancelAllRuns: () => ({ count: supervisor.cancelAll() }),
    moveRunToFront: ({ params }) => {
      required(params.id)
      if (!runs.moveToFront(params.id))
        throw new HttpProblem(409, 'run-not-queued', 'The run is not waiting in the queue, so it cannot be moved.')
      services.queueChanged()
      return summary(params.id)
    },
    listRunEvents: ({ params, query }) => {
      required(params.id)
      const events = runs.events(params.id, query.from, query.limit)
      return { events: [...events], next: events.at(-1) ? (events.at(-1)?.sequence ?? 0) + 1 : query.from }
    },
    getQueue: () => supervisor.queue(),
  }
}

async function refuseUnlessPlannable(
  document: GraphDocument,
  to: readonly string[] | undefined,
  { nodes, helpers }: Services,
): Promise<void> {
  const known = await nodes.read()
  try {
    if (usesPlugins(document, known))
      await helpers.plugins.ask('plan', { document, ...(to === undefined ? {} : { to }) }, pluginMilliseconds)
    else planRun(document, known.library, to)
  } catch (error) {
    if (error instanceof RunRefused || (error instanceof HelperRefusal && error.kind === 'problems'))
      throw documentProblem(error.problems)
    throw error
  }
}
