import { emptyDocument, emptyRunState } from '@graft/graph-schema'
import type { Queue, RunState, RunSummary } from '@graft/graph-schema'
import { describe, expect, test } from 'vitest'
import { ApiError } from '../api/api-error.js'
import { createRunMemory } from './run-memory.js'
import { createRunSession } from './run-session.js'
import type { RunApi } from './run-session.js'

const summary = (id: string): RunSummary => ({
  id,
  graphName: 'G',
  status: 'queued',
  createdAt: '',
  engine: 'auto',
  device: '',
  priority: 0,
  attempts: 1,
})
const state = (run: string, status: RunState['status']): RunState => ({ ...emptyRunState(run), status })
const document = emptyDocument('G')

function fakeStorage(): Pick<Storage, 'getItem' | 'setItem'> {
  const items = new Map<string, string>()
  return { getItem: (key) => items.get(key) ?? null, setItem: (key, value) => void items.set(key, value) }
}

function start(overrides: Partial<RunApi> = {}, storage = fakeStorage()) {
  const followers = new Map<string, (state: RunState) => void>()
  const api: RunApi = {
    start: async () => ({ run: summary('r1') }),
    get: async (run) => ({ run: summary(run), document, state: state(run, 'running') }),
    cancel: async () => undefined,
    resume: async () => undefined,
    latestOf: async () => undefined,
    follow: (run, listener) => {
      followers.set(run, listener)
      return () => void followers.delete(run)
    },
    watchQueue: () => () => {},
    ...overrides,
  }
  return { session: createRunSession(api, createRunMemory(storage)), followers, storage }
}

describe('the run of a page', () => {
  test('follows what it started', async () => {
    const { session, followers } = start()
    await session.start({ document })
    followers.get('r1')?.(state('r1', 'running'))
    expect(session.get()).toMatchObject({
      runId: 'r1',
      pending: null,
      state: { status: 'running' },
      document: { name: 'G' },
    })
  })

  test('a second run of the graph waits: the first stays in view until it is over, then the second is shown', async () => {
    const ids = ['r1', 'r2']
    let tell: (queue: Queue) => void = () => {}
    const { session, followers } = start({
      start: async () => ({ run: summary(ids.shift() ?? '') }),
      watchQueue: (listener) => {
        tell = listener
        return () => {}
      },
    })
    await session.start({ document })
    followers.get('r1')?.(state('r1', 'running'))
    await session.startAfter({ document })
    tell({ running: [summary('r1')], queued: [summary('r2')], etaSeconds: null })
    expect(session.get()).toMatchObject({ runId: 'r1', waiting: ['r2'], pending: null })
    followers.get('r1')?.(state('r1', 'succeeded'))
    expect(session.get().runId).toBe('r1')
    tell({ running: [summary('r2')], queued: [], etaSeconds: null })
    await new Promise((resolve) => setTimeout(resolve, 0))
    expect(session.get()).toMatchObject({ runId: 'r2', waiting: [], state: { status: 'running' } })
  })

  test('keeps what the runner said when it refused, and shows no run', async () => {
    const { session } = start({ start: () => Promise.reject(new ApiError('Broken graph.', null, 'refused')) })
    await session.start({ document })
    expect(session.get()).toMatchObject({ runId: null, pending: null, refusal: { message: 'Broken graph.' } })
  })

  test('is cancelling until the events say that it is over', async () => {
    const { session, followers } = start()
    await session.start({ document })
    followers.get('r1')?.(state('r1', 'running'))
    await session.cancel()
    expect(session.get().pending).toBe('cancelling')
    followers.get('r1')?.(state('r1', 'running'))
    expect(session.get().pending).toBe('cancelling')
    followers.get('r1')?.(state('r1', 'cancelled'))
    expect(session.get().pending).toBeNull()
  })

  test('comes back after a reload, from what the browser remembers', async () => {
    const { session, storage } = start()
    await session.adopt('draft:G', null)
    await session.start({ document })
    const { session: reloaded, followers } = start({}, storage)
    await reloaded.adopt('draft:G', null)
    expect(reloaded.get()).toMatchObject({ runId: 'r1', state: { status: 'running' } })
    expect([...followers.keys()]).toEqual(['r1'])
  })

  test('shows the newest run of a saved graph in a browser that has not seen it', async () => {
    const { session } = start({ latestOf: async () => summary('r7') })
    await session.adopt('graph1', 'graph1')
    expect(session.get().runId).toBe('r7')
  })

  test('lets go of the run when another graph is opened, and keeps it when a draft is saved', async () => {
    const { session, followers, storage } = start()
    await session.adopt('draft:G', null)
    await session.start({ document })
    session.rename('graph1')
    expect(session.get().runId).toBe('r1')
    await session.adopt('draft:Other', null)
    expect(session.get().runId).toBeNull()
    expect(followers.size).toBe(0)
    expect(createRunMemory(storage).recall('graph1')).toBe('r1')
  })

  test('forgets a run that was deleted', async () => {
    const { session, storage } = start({ get: () => Promise.reject(new ApiError('gone', null, 'refused')) })
    createRunMemory(storage).remember('g', 'r9')
    await session.adopt('g', null)
    expect(session.get().runId).toBeNull()
    expect(createRunMemory(storage).recall('g')).toBeUndefined()
  })
})
