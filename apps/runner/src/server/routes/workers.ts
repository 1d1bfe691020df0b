import type { Worker } from '@graft/graph-schema'
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
  const { machines, runs, nodes, queueChanged, onEvents, log, tidy } = services
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
      const taken = machines.leases.take(worker.name, suits)
      // Not before: what is told is written, and `take` may be undone. A run that was taken must reach its worker.
      for (const { run, reason } of reasons) tellOnce(run, worker, reason)
      if (taken === null) return { run: null }
      onEvents(taken.events)
      queueChanged()
      const { id } = taken.run.summary
      log('info', 'a worker took a run', { run: id, worker: worker.name })
      const { document, graph, base, engine, device = 'auto', to, ignoreCache } = runs.requestOf(id)
      const request = { document, graph, base, engine, device, ignoreCache, ...(to && { to: [...to] }) }
      return { run: { lease: taken.lease, seconds: machines.leaseSeconds, run: id, ...request } }
    },
    tellEvents: ({ params, body }) => {
      const { events, cancel } = machines.tell(params.lease, body.from, body.events)
      machines.seen(body.worker)
      if (events.length > 0) onEvents(events)
      if (events.some(({ type }) => type === 'run-finished')) tidy()
      return { cancel }
    },
    giveBackRun: ({ params }) => {
      const { host = '' } = machines.leases.require(params.lease).summary
      onEvents(machines.leases.giveBack(params.lease, `The worker ${host} was stopped and gave this run back.`))
      queueChanged()
    },
  }

  function tellOnce(run: string, worker: Worker, reason: string): void {
    if (!machines.passOver(run, worker.id)) return
    const message = passedOverMessage(worker.name, reason)
    try {
      onEvents(runs.append(run, [{ type: 'log', level: 'warning', message }]))
    } catch (error) {
      log('error', 'a run could not be told why a worker leaves it', { run, ...describeError(error) })
    }
  }
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
