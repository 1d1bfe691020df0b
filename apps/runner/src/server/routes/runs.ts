import { writeFile, mkdir, rm } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { GraphDocument, Prediction, RunState } from '@graft/graph-schema'
import { planRun } from '../../executor/plan/plan-run.js'
import { RunRefused } from '../../executor/run-options.js'
import { HelperRefusal } from '../../helper/helper-protocol.js'
import { factsOfGraph } from '../../runs/graph-facts.js'
import type { StoredRun } from '../../runs/stored-run.js'
import { documentProblem, HttpProblem, notFound } from '../http/http-problem.js'
import { pluginMilliseconds, usesPlugins } from '../services/node-library.js'
import { readDocument } from '../http/read-document.js'
import type { Handlers } from '../http/register.js'
import { readBody } from '../http/read-body.js'
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
  | 'predict'

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
    predict: async ({ params, query, request }) => {
      required(params.id)
      await runs.prepareState(params.id)
      const { node, model } = modelOf(runs.state(params.id), query.node)
      const bytes = await readBody(request, limits.imageBytes)
      if (bytes.byteLength === 0)
        throw new HttpProblem(400, 'body-missing', 'There is no image in the body. Send the bytes of one.')
      return { node, ...(await predictFrom(services, bytes, model)) }
    },
  }
}

async function predictFrom(
  { home, helpers }: Services,
  bytes: Buffer,
  model: unknown,
): Promise<Omit<Prediction, 'node'>> {
  const image = join(home.temporary, `image-${randomBytes(8).toString('hex')}`)
  await mkdir(home.temporary, { recursive: true })
  try {
    await writeFile(image, bytes, { flag: 'wx' })
    return await helpers.slow.ask('predict', { model, image })
  } finally {
    await rm(image, { force: true })
  }
}

/** The model that a node gave; without a name, the last one that has one. */
function modelOf(state: RunState, wanted: string | undefined): { readonly node: string; readonly model: unknown } {
  const ids = wanted === undefined ? Object.keys(state.nodes).toReversed() : [wanted]
  for (const node of ids) {
    const model = Object.values((Object.hasOwn(state.nodes, node) ? state.nodes[node]?.outputs : undefined) ?? {}).find(
      isModel,
    )
    if (model !== undefined) return { node, model }
  }
  throw new HttpProblem(
    409,
    'no-model',
    wanted === undefined
      ? 'No node of this run has given a model yet.'
      : `The node "${wanted}" has given no model in this run. Name one that has, or wait until it is done.`,
    wanted === undefined ? {} : { node: wanted },
  )
}

function isModel(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'model'
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
