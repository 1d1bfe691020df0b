import { emptyRunState } from '@graft/graph-schema'
import type { Problem, RunState, StartRun } from '@graft/graph-schema'
import { textOf } from '@graft/errors'
import { call } from '../api/client.js'
import { live } from '../api/live/live.js'
import { createStore } from '../ui/store/create-store.js'
import { latestOf } from './latest-of.js'
import { isOver } from './run-session.js'
import type { RunApi } from './run-session.js'

/** How a run beside the one of the open graph stands. */
export interface SideRunView {
  /** Null: none, or not started yet. */
  readonly runId: string | null
  readonly state: RunState | null
  /** Asked for, waiting or running. */
  readonly isBusy: boolean
  /** Why it was refused, or failed; null: it wasn't. */
  readonly failure: Pick<Problem, 'message' | 'fix'> | null
}

export interface SideRun {
  readonly get: () => SideRunView
  readonly subscribe: (listener: () => void) => () => void
  /** Runs a graph, in place of the run before, which ends. */
  readonly start: (request: StartRun) => void
  /** Ends what is going on, and forgets it. */
  readonly stop: () => void
}

const drawEvery = 120

type SideApi = Pick<RunApi, 'start' | 'cancel' | 'follow'>

const server: SideApi = {
  start: (body) => call('startRun', { body }),
  cancel: (id) => call('cancelRun', { params: { id } }),
  follow: (run, listener) =>
    live().follow(
      run,
      latestOf(listener, (then) => void setTimeout(then, drawEvery)),
    ),
}

/** How it stands where nothing was asked for. */
export const noRun: SideRunView = { runId: null, state: null, isBusy: false, failure: null }

/** A place for one run at a time that is not shown on the canvas, such as one that measures something for a form. */
export function createSideRun(api: SideApi = server): SideRun {
  const view = createStore(noRun)
  let current: { readonly stop: () => void } | null = null
  const stop = (): void => {
    current?.stop()
    current = null
    view.set(noRun)
  }
  return {
    get: view.get,
    subscribe: view.subscribe,
    start: (request) => {
      stop()
      view.set({ isBusy: true })
      current = launch(api, request, view.set)
    },
    stop,
  }
}

/** Starts and follows; `stop` cancels what is not over. */
function launch(api: SideApi, request: StartRun, put: (view: SideRunView) => void): { readonly stop: () => void } {
  let runId: string | null = null
  let isStopped = false
  let isDone = false
  let leave = (): void => undefined
  const end = (id: string): void => void api.cancel(id).catch(() => undefined)
  const take = (state: RunState): void => {
    isDone = isOver(state.status)
    if (!isStopped) put({ runId: state.run, state, isBusy: !isDone, failure: failureOf(state) })
  }
  api.start(request).then(
    ({ run: { id } }) => {
      if (isStopped) return end(id)
      runId = id
      take(emptyRunState(id))
      leave = api.follow(id, take)
    },
    (error: unknown) => !isStopped && put({ ...noRun, failure: { message: textOf(error), fix: '' } }),
  )
  return {
    stop: () => {
      isStopped = true
      leave()
      if (runId !== null && !isDone) end(runId)
    },
  }
}

/** Why a run came to nothing: the first node's problem, else its own. */
function failureOf(state: RunState): SideRunView['failure'] {
  if (!isOver(state.status) || state.status === 'succeeded') return null
  const ofNode = Object.values(state.nodes).find(({ problem }) => problem !== undefined)?.problem
  return (
    ofNode ?? state.problem ?? { message: `The run was ${state.status} before it was done.`, fix: 'Start it again.' }
  )
}
