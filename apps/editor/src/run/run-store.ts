import type { GraphDocument, NodeRunState, Problem, RunState, RunStatus } from '@graft/graph-schema'
import { useSyncExternalStore } from 'react'
import { call } from '../api/client.js'
import { live } from '../api/live/live.js'
import { draftInAddress } from '../session/address.js'
import { editor, getDocument, useDocument } from '../document/store.js'
import { ui } from '../page/page-store.js'
import { latestOf } from './latest-of.js'
import { createRunMemory } from './run-memory.js'
import { queuePosition } from './run-progress.js'
import { createRunSession, isOver } from './run-session.js'
import type { RunView } from './run-session.js'
import { staleNodes } from './stale-nodes.js'

const drawEvery = 120

/** The run of the open graph. */
export const runs = createRunSession(
  {
    start: (body) => call('startRun', { body }),
    get: (id) => call('getRun', { params: { id } }),
    cancel: (id) => call('cancelRun', { params: { id } }),
    resume: (id) => call('resumeRun', { params: { id } }),
    latestOf: async (graph) => (await call('listRuns', { query: { graph, limit: 1 } })).runs[0],
    // A fast training sends more events than a page can draw.
    follow: (run, listener) =>
      live().follow(
        run,
        latestOf(listener, (then) => void setTimeout(then, drawEvery)),
      ),
    watchQueue: (listener) => live().watchQueue(listener),
  },
  createRunMemory(typeof localStorage === 'undefined' ? null : localStorage),
)

const subscribe = runs.subscribe
export const useRunView = (): RunView => useSyncExternalStore(subscribe, runs.get)
export const useRunState = (): RunState | null => useSyncExternalStore(subscribe, () => runs.get().state)
/** What the run knows of a node; the same object as long as nothing about it changes. */
export const useNodeRun = (nodeId: string): NodeRunState | undefined =>
  useSyncExternalStore(subscribe, () => nodeRunOf(runs.get().state, nodeId))

function nodeRunOf(state: RunState | null, nodeId: string): NodeRunState | undefined {
  return state !== null && Object.hasOwn(state.nodes, nodeId) ? state.nodes[nodeId] : undefined
}

export interface RunStatusView {
  readonly runId: string | null
  readonly status: RunStatus | 'none'
  readonly pending: RunView['pending']
  /** Place among those that wait; 1 is next. */
  readonly position: number | null
}

let lastStatus: RunStatusView = { runId: null, status: 'none', pending: null, position: null }

function readStatus(): RunStatusView {
  const { runId, state, pending, queue } = runs.get()
  const status = state?.status ?? (runId === null ? 'none' : 'queued')
  const position = status === 'queued' ? queuePosition(queue, runId) : null
  const same =
    lastStatus.runId === runId &&
    lastStatus.status === status &&
    lastStatus.pending === pending &&
    lastStatus.position === position
  return same ? lastStatus : (lastStatus = { runId, status, pending, position })
}

/** Whether something runs, for buttons and the title of the page. */
export const useRunStatus = (): RunStatusView => useSyncExternalStore(subscribe, readStatus)

let lastStale: {
  readonly run: GraphDocument
  readonly now: GraphDocument
  readonly stale: ReadonlySet<string>
} | null = null
const none: ReadonlySet<string> = new Set()

/** Nodes that were edited (or fed by edited ones) since the run that is shown. */
export function useStaleNodes(): ReadonlySet<string> {
  const now = useDocument()
  const { document: run } = useRunView()
  if (run === null) return none
  if (lastStale?.run !== run || lastStale.now !== now) lastStale = { run, now, stale: staleNodes(run, now) }
  return lastStale.stale
}

/** Why a node failed, until it or what leads to it is edited: then it may have been mended. */
export function useRunProblem(id: string): Problem | undefined {
  const problem = useNodeRun(id)?.problem
  const stale = useStaleNodes()
  return stale.has(id) ? undefined : problem
}

/** Starts a run of the open graph; `to`: only what this node needs. */
export async function startRun(options: { readonly to?: string; readonly ignoreCache?: boolean } = {}): Promise<void> {
  const { origin, draft } = editor.get()
  const whose = origin !== null ? { graphId: origin.graphId } : draft !== null ? { draft } : {}
  await runs.start({ document: getDocument(), ...whose, ...options })
  const { refusal } = runs.get()
  editor.announce(refusal === null ? 'Run started' : `Not started: ${refusal.message}`)
}

/** Another run of the open graph, as it is now, after the one that is going on. */
export async function startAfterThis(): Promise<void> {
  const { origin, draft } = editor.get()
  const whose = origin !== null ? { graphId: origin.graphId } : draft !== null ? { draft } : {}
  await runs.startAfter({ document: getDocument(), ...whose })
  const { refusal } = runs.get()
  editor.announce(refusal === null ? 'Waiting: runs after this one' : `Not started: ${refusal.message}`)
}

export async function cancelRun(): Promise<void> {
  await runs.cancel()
  editor.announce('Cancelling the run')
}

export const resumeRun = (): Promise<void> => runs.resume()

/** A page that comes back to a run that is going on shows it, as it did before. */
function showWhatRuns(): void {
  const status = runs.get().state?.status
  if (status !== undefined && !isOver(status) && ui.get().drawer === null) ui.set({ drawer: 'run' })
}

/** Keeps the shown run with the graph that is open. Called once by the page; returns how to stop. */
export function followOpenGraph(): () => void {
  let last = editor.get()
  // The address says which graph it is, and follows a moment after the document.
  const later = (act: (key: string, graphId: string | null) => void): void =>
    queueMicrotask(() => {
      const graphId = editor.get().origin?.graphId ?? null
      act(draftInAddress(location.hash)?.id ?? (graphId === null ? 'new' : `graph-${graphId}`), graphId)
    })
  const adopt = (): void => later((key, graphId) => void runs.adopt(key, graphId).then(showWhatRuns))
  adopt()
  return editor.subscribe(() => {
    const before = last
    last = editor.get()
    if (last.opened !== before.opened) adopt()
    else if (last.origin?.graphId !== before.origin?.graphId) later((key) => runs.rename(key))
  })
}
