import { emptyRunState } from '@graft/graph-schema'
import type { Problem, RunState, StartRun } from '@graft/graph-schema'
import { textOf } from '@graft/errors'
import { useCallback, useEffect, useRef, useState } from 'react'
import { call } from '../api/client.js'
import { live } from '../api/live/live.js'
import { latestOf } from './latest-of.js'
import { isOver } from './run-session.js'

/** How a run beside the one of the open graph stands. */
export interface SideRun {
  /** Null: none, or not started yet. */
  readonly runId: string | null
  readonly state: RunState | null
  /** Asked for, waiting or running. */
  readonly isBusy: boolean
  /** Why it was refused, or failed; null: it wasn't. */
  readonly failure: { readonly message: string; readonly fix: string } | null
  readonly start: (request: StartRun) => void
  readonly cancel: () => void
}

interface Known {
  readonly runId: string | null
  readonly state: RunState | null
  readonly refusal: string | null
  readonly isStarting: boolean
}

const drawEvery = 120
const nothing: Known = { runId: null, state: null, refusal: null, isStarting: false }

/**
 * Runs a graph without showing it on the canvas, such as one that measures something for a form or a dialog. A run that
 * is still going on ends with the component.
 */
export function useSideRun(): SideRun {
  const [known, setKnown] = useState<Known>(nothing)
  const current = useRef<{ readonly stop: () => void } | null>(null)
  const cancel = useCallback((): void => {
    current.current?.stop()
    current.current = null
    setKnown(nothing)
  }, [])
  const start = useCallback((request: StartRun): void => {
    current.current?.stop()
    setKnown({ ...nothing, isStarting: true })
    current.current = launch(request, setKnown)
  }, [])
  useEffect(() => () => current.current?.stop(), [])
  const { runId, state, isStarting, refusal } = known
  return {
    runId,
    state,
    isBusy: isStarting || (runId !== null && (state === null || !isOver(state.status))),
    failure: refusal === null ? failureOf(state) : { message: refusal, fix: '' },
    start,
    cancel,
  }
}

/** Starts and follows; `stop` cancels what is not over. */
function launch(request: StartRun, put: (known: Known) => void): { readonly stop: () => void } {
  let stopped = false
  let leave = (): void => undefined
  const end = (runId: string): void => void call('cancelRun', { params: { id: runId } }).catch(() => undefined)
  let runId: string | null = null
  let isDone = false
  call('startRun', { body: request }).then(
    ({ run }) => {
      if (stopped) return end(run.id)
      runId = run.id
      put({ ...nothing, runId: run.id, state: emptyRunState(run.id) })
      leave = live().follow(
        run.id,
        latestOf(
          (state) => {
            isDone = isOver(state.status)
            if (!stopped) put({ ...nothing, runId: run.id, state })
          },
          (then) => void setTimeout(then, drawEvery),
        ),
      )
    },
    (error: unknown) => !stopped && put({ ...nothing, refusal: textOf(error) }),
  )
  return {
    stop: () => {
      stopped = true
      leave()
      if (runId !== null && !isDone) end(runId)
    },
  }
}

/** Why a run came to nothing: the first node's problem, else its own. */
function failureOf(state: RunState | null): Pick<Problem, 'message' | 'fix'> | null {
  if (state === null || !isOver(state.status) || state.status === 'succeeded') return null
  const ofNode = Object.values(state.nodes).find(({ problem }) => problem !== undefined)?.problem
  return (
    ofNode ?? state.problem ?? { message: `The run was ${state.status} before it was done.`, fix: 'Start it again.' }
  )
}
