import type { Server } from 'node:http'
import type { RunEvent } from '@graft/graph-schema'
import { version } from '../../version.js'
import { describeError } from '../services/log.js'
import type { ServiceListener } from '../services/open-services.js'
import type { Services } from '../services/services.js'
import { Hub } from './hub.js'
import { serveLive } from './live-server.js'
import type { LiveServerOptions } from './live-server.js'

/** Those who watch runs and the queue over live connections; they are told of all that changes. */
export interface Viewers extends ServiceListener {
  connections(): number
  watchedRuns(): number
  close(): void
}

/** Takes live connections of a server. */
export function serveViewers(
  server: Server,
  { runs, limits, log, memory, supervisor }: Services,
  security: Pick<LiveServerOptions, 'token' | 'allowedHosts' | 'allowedOrigins'>,
): Viewers {
  const hub = new Hub(runs, (error) => log('error', 'a viewer could not be served', describeError(error)), memory)
  const live = serveLive(server, {
    ...security,
    hub,
    runs,
    limits,
    version,
    queue: () => supervisor.queue(),
    onError: (error) => log('error', 'a live connection failed', describeError(error)),
  })
  return {
    onEvents: (events) => {
      hub.publish(events)
      if (events.some(changesQueue)) live.queueChanged()
    },
    onForeignChange: () => {
      hub.refresh()
      live.queueChanged()
    },
    queueChanged: () => live.queueChanged(),
    graphSaved: (graph, version) => live.tellAll({ type: 'graph-saved', graph, version }),
    connections: () => live.connections,
    watchedRuns: () => hub.watchedRuns,
    close: () => live.close(),
  }
}

function changesQueue({ type }: RunEvent): boolean {
  return (
    type === 'run-queued' ||
    type === 'run-started' ||
    type === 'run-finished' ||
    type === 'run-interrupted' ||
    type === 'node-finished' ||
    type === 'node-cached'
  )
}
