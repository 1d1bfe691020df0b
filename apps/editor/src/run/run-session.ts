import { textOf } from '@graft/errors'
import type { GraphDocument, Queue, RunState, RunStatus, RunSummary, StartRun } from '@graft/graph-schema'
import { ApiError } from '../api/api-error.js'
import { createStore } from '../ui/store/create-store.js'
import type { SmallStore } from '../ui/store/create-store.js'
import type { RunMemory } from './run-memory.js'

/** What the session needs of the server. */
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
  /** Further runs of the open graph that this page has put into the queue; shown one after the other. */
  readonly waiting: readonly string[]
}

const noRun: RunView = {
  runId: null,
  state: null,
  document: null,
  pending: null,
  refusal: null,
  queue: null,
  waiting: [],
}

export interface RunSession {
  readonly get: () => RunView
  readonly subscribe: (listener: () => void) => () => void
  readonly start: (request: {
    readonly document: GraphDocument
    readonly graphId?: string
    readonly draft?: string
    readonly to?: string
    readonly ignoreCache?: boolean
  }) => Promise<void>
  /** Puts another run of the graph into the queue while one is going on, which stays in view until it is over. */
  readonly startAfter: (request: {
    readonly document: GraphDocument
    readonly graphId?: string
    readonly draft?: string
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
 * Keeps what the page shows of runs. All of it is snapshots and events of the server: a reload or a second window comes
 * to the same.
 */
export function createRunSession(api: RunApi, memory: RunMemory): RunSession {
  const view = createStore(noRun)
  const following = createFollowing(api, view)
  const request = requestsOf(view)
  let key: string | null = null
  const attach = (runId: string, known: Pick<RunView, 'state' | 'document'>): void => {
    if (key !== null) memory.remember(key, runId)
    following.attach(runId, known)
  }
  view.subscribe(() => {
    const next = nextInLine(view.get())
    if (next === null) return
    view.set({ waiting: view.get().waiting.filter((id) => id !== next) })
    void show(next).catch((error: unknown) => view.set({ refusal: asApiError(error) }))
  })
  const show = async (runId: string): Promise<void> => {
    const { document, state } = await api.get(runId)
    attach(runId, { document, state })
  }
  const withRun = (action: (run: string) => Promise<unknown>) => async (): Promise<void> => {
    const { runId } = view.get()
    if (runId !== null) await action(runId)
  }

  return {
    get: view.get,
    subscribe: view.subscribe,
    start: ({ document, ...rest }) =>
      request('starting', async () => {
        const { run } = await api.start({ document, ...rest })
        attach(run.id, { document, state: null })
      }),
    startAfter: (body) =>
      request('starting', async () => {
        const { run } = await api.start(body)
        view.set({ waiting: [...view.get().waiting, run.id] })
      }),
    cancel: () => request('cancelling', withRun(api.cancel)),
    resume: () => request('resuming', withRun(api.resume)),
    show: (runId) => show(runId).catch((error: unknown) => view.set({ refusal: asApiError(error) })),
    adopt: async (next, graphId) => {
      if (next === key) return
      key = next
      following.detach()
      const remembered =
        memory.recall(next) ?? (graphId === null ? undefined : (await api.latestOf(graphId).catch(() => undefined))?.id)
      if (remembered === undefined || key !== next) return
      // A run may have been deleted meanwhile: the graph has none then.
      await show(remembered).catch(
        (error: unknown) => error instanceof ApiError && error.kind !== 'offline' && memory.forget(next),
      )
    },
    rename: (next) => {
      const { runId } = view.get()
      if (key !== null && runId !== null) memory.remember(next, runId)
      key = next
    },
    dismissRefusal: () => view.set({ refusal: null }),
  }
}

/** The queued run that is to be shown now: the one in view is over, and this one has begun. */
function nextInLine({ waiting, state, queue, pending }: RunView): string | null {
  if (waiting.length === 0 || pending !== null || state === null || !isOver(state.status)) return null
  const waits = new Set(queue?.queued.map(({ id }) => id))
  return waiting.find((id) => !waits.has(id)) ?? null
}

interface Following {
  readonly attach: (runId: string, known: Pick<RunView, 'state' | 'document'>) => void
  readonly detach: () => void
}

/** Keeps the view at one run at a time, and at the queue as soon as there is something to show. */
function createFollowing(api: Pick<RunApi, 'follow' | 'watchQueue'>, view: SmallStore<RunView>): Following {
  let stop: (() => void) | null = null
  let watching = false
  const watchQueue = (): void => {
    if (watching) return
    watching = true
    api.watchQueue((queue) => view.set({ queue }))
  }
  return {
    attach: (runId, known) => {
      stop?.()
      watchQueue()
      view.set({ runId, ...known, refusal: null })
      stop = api.follow(runId, (state) => {
        const { runId: shown, pending } = view.get()
        if (shown === runId) view.set({ state, ...(pending !== null && settles(pending, state) && { pending: null }) })
      })
    },
    detach: () => {
      stop?.()
      stop = null
      view.set({ ...noRun, queue: view.get().queue })
      watchQueue()
    },
  }
}

/** One request at a time; what comes of it is in the view. */
function requestsOf(view: SmallStore<RunView>) {
  return async (pending: NonNullable<RunView['pending']>, work: () => Promise<void>): Promise<void> => {
    if (view.get().pending !== null) return
    view.set({ pending, refusal: null })
    try {
      await work()
      if (pending === 'starting') view.set({ pending: null })
    } catch (error) {
      view.set({ pending: null, refusal: asApiError(error) })
    }
  }
}

/** Whether the state shows that what was asked for has happened. */
function settles(pending: NonNullable<RunView['pending']>, state: RunState): boolean {
  return pending === 'resuming' ? !isOver(state.status) : isOver(state.status) || pending === 'starting'
}

function asApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError(textOf(error), null, 'unreadable')
}
