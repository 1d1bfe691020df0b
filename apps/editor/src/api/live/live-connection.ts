import type { Queue, RunState, ServerMessage } from '@graft/graph-schema'
import { createListeners } from '../../ui/store/listeners.js'
import { createFollowedRuns } from './followed-runs.js'
import { keepSocket } from './live-socket.js'
import type { LiveOptions, LiveSocket } from './live-socket.js'

export interface LiveConnection extends Omit<LiveSocket, 'send'> {
  /**
   * Follows a run: the listener gets its state whenever that changes, each event folded in exactly once, across lost
   * connections.
   */
  readonly follow: (run: string, listener: (state: RunState) => void) => () => void
  readonly watchQueue: (listener: (queue: Queue) => void) => () => void
  /** Tells of each new version of a graph, whoever saved it. */
  readonly onGraphSaved: (listener: (saved: GraphSaved) => void) => () => void
}

export type GraphSaved = Pick<Extract<ServerMessage, { type: 'graph-saved' }>, 'graph' | 'version'>

/** The live stream of a server: runs and the queue, going on after each lost connection where they were. */
export function createLiveConnection(options: LiveOptions): LiveConnection {
  const queueListeners = createListeners<Queue>()
  const savedListeners = createListeners<GraphSaved>()
  let lastQueue: Queue | null = null
  const receive = (message: ServerMessage): void => {
    if (message.type === 'snapshot') runs.snapshot(message)
    else if (message.type === 'event') runs.event(message)
    else if (message.type === 'graph-saved') savedListeners.tell(message)
    else if (message.type === 'queue') {
      const { type: _, ...queue } = message
      lastQueue = queue
      queueListeners.tell(queue)
    } else if (message.type === 'welcome') {
      runs.subscribeAll()
      if (queueListeners.count() > 0) send({ type: 'watch-queue' })
    }
  }
  const { send, ...socket } = keepSocket(options, receive)
  const runs = createFollowedRuns(send)
  return {
    ...socket,
    follow: runs.follow,
    onGraphSaved: (listener) => savedListeners.add(listener),
    watchQueue: (listener) => {
      const stop = queueListeners.add(listener)
      if (queueListeners.count() === 1) send({ type: 'watch-queue' })
      else if (lastQueue !== null) listener(lastQueue)
      return stop
    },
  }
}
