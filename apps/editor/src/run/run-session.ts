import { textOf } from '@graft/errors'
import type { GraphDocument, Queue, RunState, RunStatus, RunSummary, StartRun } from '@graft/graph-schema'
import { ApiError } from '../api/api-error.js'
import type { RunMemory } from './run-memory.js'

/** What the session needs of the runner. */
export interface RunApi {
  readonly start: (request: StartRun) => Promise<{ readonly run: RunSummary }>
  readonly get: (
    run: string,
  ) => Promise<{ readonly run: RunSummary; readonly document: GraphDocument; readonly state: RunState }>
  readonly cancel: (run: string) => Promise<unknown>
  readonly resume: (run: string) => Promise<unknown>
  readonly latestOf: (graphId: string) => Promise<RunSummary | undefined>
  readonly follow: (run: string, listener: (state: RunState) => void) => () => void
  readonly watchQueue: (listener: (queue: Queue) => void) => () => void
}

/** The run that a page shows on its canvas. */
export interface RunView {
  readonly runId: string | null
  /** Null until the first snapshot. */
  readonly state: RunState | null
  /** The graph as it was run. */
  readonly document: GraphDocument | null
  /** A request to start, cancel or resume is under way. */
  readonly pending: 'starting' | 'cancelling' | 'resuming' | null
  /** Why the last request was refused. */
  readonly refusal: ApiError | null
  readonly queue: Queue | null
}

export const noRun: RunView = { runId: null, state: null, document: null, pending: null, refusal: null, queue: null }

export interface RunSession {
  readonly get: () => RunView
  readonly subscribe: (listener: () => void) => () => void
  readonly start: (request: {
    readonly document: GraphDocument
    readonly graphId?: string
    readonly to?: string
    readonly ignoreCache?: boolean
  }) => Promise<void>
  readonly cancel: () => Promise<void>
  readonly resume: () => Promise<void>
  /** Shows a run: one of the history, or the one that another window started. */
  readonly show: (run: string) => Promise<void>
  /** Another graph was opened: shows its last run, or none. `key` names it across reloads. */
  readonly adopt: (key: string, graphId: string | null) => Promise<void>
  /** The open graph goes by another name now (a draft was saved); its run stays. */
  readonly rename: (key: string) => void
  readonly dismissRefusal: () => void
}

const over: readonly RunStatus[] = ['succeeded', 'failed', 'cancelled', 'interrupted']
export const isOver = (status: RunStatus): boolean => over.includes(status)

/**
 * Keeps what the page shows of runs. All of it is snapshots and events of the runner: a reload or a second window comes
 * to the same.
 */
export function createRunSession(api: RunApi, memory: RunMemory): RunSession {
  let view = noRun
  let key: string | null = null
  let stopFollowing: (() => void) | null = null
  const listeners = new Set<() => void>()
  const set = (change: Partial<RunView>): void => {
    view = { ...view, ...change }
    for (const listener of listeners) listener()
  }
  let watching = false
  const watchQueue = (): void => {
    if (watching) return
    watching = true
    api.watchQueue((queue) => set({ queue }))
  }
  const attach = (runId: string, known: Pick<RunView, 'state' | 'document'>): void => {
    stopFollowing?.()
    watchQueue()
    set({ runId, ...known, refusal: null })
    if (key !== null) memory.remember(key, runId)
    stopFollowing = api.follow(
      runId,
      (state) =>
        view.runId === runId &&
        set({ state, ...(view.pending !== null && settles(view.pending, state) && { pending: null }) }),
    )
  }
  const detach = (): void => {
    stopFollowing?.()
    stopFollowing = null
    set({ ...noRun, queue: view.queue })
  }
  const request = async (pending: NonNullable<RunView['pending']>, work: () => Promise<void>): Promise<void> => {
    if (view.pending !== null) return
    set({ pending, refusal: null })
    try {
      await work()
      if (pending === 'starting') set({ pending: null })
    } catch (error) {
      set({ pending: null, refusal: asApiError(error) })
    }
  }
  const show = async (runId: string): Promise<void> => {
    const { document, state } = await api.get(runId)
    attach(runId, { document, state })
  }

  return {
    get: () => view,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    start: ({ document, ...rest }) =>
      request('starting', async () => {
        const { run } = await api.start({ document, ...rest })
        attach(run.id, { document, state: null })
      }),
    cancel: () => request('cancelling', async () => void (view.runId !== null && (await api.cancel(view.runId)))),
    resume: () => request('resuming', async () => void (view.runId !== null && (await api.resume(view.runId)))),
    show: async (runId) => {
      try {
        await show(runId)
      } catch (error) {
        set({ refusal: asApiError(error) })
      }
    },
    adopt: async (next, graphId) => {
      if (next === key) return
      key = next
      detach()
      watchQueue()
      const remembered =
        memory.recall(next) ?? (graphId === null ? undefined : (await api.latestOf(graphId).catch(() => undefined))?.id)
      if (remembered === undefined || key !== next) return
      // A run that was deleted meanwhile is no news: the graph has none then.
      await show(remembered).catch(
        (error: unknown) => error instanceof ApiError && error.kind !== 'offline' && memory.forget(next),
      )
    },
    rename: (next) => {
      if (key !== null && view.runId !== null) memory.remember(next, view.runId)
      key = next
    },
    dismissRefusal: () => set({ refusal: null }),
  }
}

/** Whether the state shows that what was asked for has happened. */
function settles(pending: NonNullable<RunView['pending']>, state: RunState): boolean {
  return pending === 'resuming' ? !isOver(state.status) : isOver(state.status) || pending === 'starting'
}

function asApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError(textOf(error), null, 'unreadable')
}
