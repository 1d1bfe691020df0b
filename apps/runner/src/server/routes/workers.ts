import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { GiveBackReason, Worker } from '@graft/graph-schema'
import { givenIdentity } from '../../checkpoints/given-checkpoint.js'
import { passedOverMessage } from '../../runs/machines/machines.js'
import type { StoredRun } from '../../runs/stored-run.js'
import { version } from '../../version.js'
import { HttpProblem } from '../http/http-problem.js'
import type { Handlers } from '../http/register.js'
import { whyNot } from '../../runs/machines/suits.js'
import { describeError } from '../services/log.js'
import type { Services } from '../services/services.js'

/** Workers come, ask for runs, tell what happens in them, and give them back. */
export function workerHandlers(
  services: Services,
): Pick<Handlers, 'listWorkers' | 'takeRun' | 'tellEvents' | 'giveBackRun'> {
  const { machines, runs, nodes, queueChanged, onEvents, log, tidy, home, limits } = services
  return {
    listWorkers: () => ({ workers: [...machines.workers.list()] }),
    takeRun: async ({ body: worker }) => {
      refuseUnlessWelcome(worker, machines.takesWorkers)
      machines.seen(worker.id, worker)
      const known = await nodes.read()
      const reasons: { readonly run: string; readonly reason: string }[] = []
      const suits = ({ summary: { id } }: StoredRun): boolean => {
        const reason = whyNot(runs, id, worker, known)
        if (reason !== null) reasons.push({ run: id, reason })
        return reason === null
      }
      const taken = machines.take(worker, suits)
      // Not before: what is told is written, and `take` may be undone. A run that was taken must reach its worker.
      for (const { run, reason } of reasons) tellOnce(run, worker, reason)
      if (taken === null) return { run: null }
      onEvents(taken.events)
      queueChanged()
      const { id } = taken.run.summary
      log('info', 'a worker took a run', { run: id, worker: machines.nameOf(worker) })
      const { document, graph, base, engine, device = 'auto', to, ignoreCache, prefers } = runs.requestOf(id)
      const given = await givenIdentity(join(home.checkpoints, id))
      const said = { ...(to && { to: [...to] }), ...(given !== null && { given }), ...(prefers && { prefers }) }
      const request = { document, graph, base, engine, device, ignoreCache, ...said }
      const bounds = { seconds: machines.leaseSeconds, mostBytes: limits.artifactBytes }
      return { run: { lease: taken.lease, ...bounds, run: id, ...request } }
    },
    tellEvents: ({ params, body }) => {
      const { events, cancel } = machines.tell(params.lease, body.from, body.events)
      machines.seen(body.worker)
      if (events.length > 0) onEvents(events)
      if (events.some(({ type }) => type === 'run-finished')) tidy()
      for (const event of events)
        if (event.type === 'run-finished' && event.status === 'succeeded') forgetCheckpoints(event.run)
      return { cancel }
    },
    giveBackRun: ({ params: { lease }, query: { reason = 'ended' } }) => {
      const { host = '' } = machines.leases.require(lease).summary
      if (reason === 'out-of-memory' && !machines.mayMoveOn(lease))
        throw new HttpProblem(
          409,
          'no-other-worker',
          'No other worker can try this run, or enough of them have. Tell how it ended.',
        )
      onEvents(
        reason === 'ended'
          ? machines.leases.giveBack(lease, `The worker ${host} was stopped and gave this run back.`)
          : // A run that fills every disk must not go from worker to worker for ever.
            machines.leases.end(lease, whatHappened[reason](host)),
      )
      queueChanged()
    },
  }

  /** Nobody goes on with a run that has ended well. What can't be removed now goes with the next clean-up. */
  function forgetCheckpoints(run: string): void {
    void rm(join(home.checkpoints, run), { recursive: true, force: true }).catch(() => undefined)
  }

  function tellOnce(run: string, worker: Worker, reason: string): void {
    if (!machines.passOver(run, worker.id)) return
    const message = passedOverMessage(machines.nameOf(worker), reason)
    try {
      onEvents(runs.append(run, [{ type: 'log', level: 'warning', message }]))
    } catch (error) {
      log('error', 'a run could not be told why a worker leaves it', { run, ...describeError(error) })
    }
  }
}

/** What the run may be the cause of, so that it counts as an attempt. */
const whatHappened: Readonly<Record<Exclude<GiveBackReason, 'ended'>, (worker: string) => string>> = {
  'disk-full': (worker) => `The disk of the worker ${worker} was full, and it gave this run back.`,
  'out-of-memory': (worker) =>
    `The system ended the process of this run on the worker ${worker}, most likely because memory ran out.`,
  'stood-still': (worker) =>
    `The process of this run on the worker ${worker} was stopped from outside and did not go on, so the worker ended it.`,
}

function refuseUnlessWelcome(worker: Worker, takesWorkers: boolean): void {
  if (!takesWorkers)
    throw new HttpProblem(
      409,
      'workers-off',
      'This server gives no runs to workers. Start it with --runs-on auto, workers or both.',
    )
  if (worker.version !== version)
    throw new HttpProblem(
      409,
      'worker-version',
      `The worker is Graft ${worker.version}, and the server is ${version}. Install the same version on both.`,
    )
}
