import { emptyRunState, reduceRun } from '@graft/graph-schema'
import type { ClientMessage, RunState, ServerMessage } from '@graft/graph-schema'
import { createListeners } from '../../ui/store/listeners.js'
import type { Listeners } from '../../ui/store/listeners.js'

interface Followed {
  /** Null until the first snapshot. */
  state: RunState | null
  readonly listeners: Listeners<RunState>
}

export interface FollowedRuns {
  /** The listener gets the run's state whenever that changes; the result ends that. */
  readonly follow: (run: string, listener: (state: RunState) => void) => () => void
  /** After a new connection: asks for each run from where it was. */
  readonly subscribeAll: () => void
  readonly snapshot: (message: Extract<ServerMessage, { type: 'snapshot' }>) => void
  readonly event: (message: Extract<ServerMessage, { type: 'event' }>) => void
}

/** The runs that the page follows: their states, each event folded in exactly once, across lost connections. */
export function createFollowedRuns(send: (message: ClientMessage) => void): FollowedRuns {
  const runs = new Map<string, Followed>()
  const subscribe = (run: string): void => {
    const from = runs.get(run)?.state?.next
    send({ type: 'subscribe', run, ...(from !== undefined && { from }) })
  }
  const update = (run: string, change: (state: RunState | null) => RunState): void => {
    const followed = runs.get(run)
    if (followed === undefined) return
    const state = change(followed.state)
    if (state === followed.state) return
    followed.state = state
    followed.listeners.tell(state)
  }
  const leave = (run: string, followed: Followed): void => {
    if (followed.listeners.count() > 0 || runs.get(run) !== followed) return
    runs.delete(run)
    send({ type: 'unsubscribe', run })
  }
  return {
    follow: (run, listener) => {
      const known = runs.get(run)
      const followed = known ?? { state: null, listeners: createListeners<RunState>() }
      const stop = followed.listeners.add(listener)
      runs.set(run, followed)
      if (known === undefined) subscribe(run)
      else if (followed.state !== null) listener(followed.state)
      return () => {
        stop()
        leave(run, followed)
      }
    },
    subscribeAll: () => {
      for (const run of runs.keys()) subscribe(run)
    },
    snapshot: ({ run, state }) => update(run, () => state),
    event: ({ event, coalesced = 0 }) => {
      const followed = runs.get(event.run)
      if (followed === undefined) return
      // An event is the next one, or one already seen. A gap, which the protocol rules out, is answered by asking for a
      // snapshot.
      if (event.sequence <= (followed.state ?? emptyRunState(event.run)).next + coalesced)
        return update(event.run, (state) => reduceRun(state ?? emptyRunState(event.run), event))
      followed.state = null
      subscribe(event.run)
    },
  }
}
