import type { RunEvent, RunEventBody } from '@graft/graph-schema'
import { reduceRun } from '@graft/graph-schema'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRandom } from '@graft/network'
import { describe, expect, it } from 'vitest'
import { openDatabase } from '../../database/open-database.js'
import { findHome } from '../../home.js'
import { RunStore } from '../../runs/run-store.js'
import { LiveViewer } from '../../testing/live-viewer.js'
import { graphOf } from '../../testing/run-stub-graph.js'
import { MemoryBudget } from '../services/memory-budget.js'
import { coalesce, frameOf } from './frames.js'
import { Hub } from './hub.js'
import { longestReplay, Subscription } from './subscription.js'
import type { Outlet } from './subscription.js'

const progress = (done: number, node = 'train'): RunEventBody => ({
  type: 'node-progress',
  node,
  done,
  total: 1000,
  unit: 'steps',
  etaSeconds: null,
})
const metric = (epoch: number, step: number, name = 'stepLoss'): RunEventBody => ({
  type: 'metric',
  node: 'train',
  name,
  split: 'train',
  phase: 'head',
  epoch,
  step,
  value: step,
})
const started: RunEventBody = { type: 'run-started', graph: 'g', nodes: ['train'], engine: 'onnx' }

function newRun(budget?: MemoryBudget): {
  store: RunStore
  hub: Hub
  run: string
  write(...bodies: readonly RunEventBody[]): void
  close(): void
} {
  const database = openDatabase(findHome({ GRAFT_HOME: mkdtempSync(join(tmpdir(), 'graft-live-')) }))
  const store = new RunStore(database)
  const hub = new Hub(store, undefined, budget)
  const run = store.startNow({
    request: { document: graphOf({}), graph: 'g', base: '/', engine: 'auto', ignoreCache: false, debug: false },
  }).summary.id
  return {
    store,
    hub,
    run,
    write: (...bodies) => hub.publish(store.append(run, bodies)),
    close: () => database.close(),
  }
}

/** A connection that takes this many messages and then no more, until it is told to. */
class Pipe implements Outlet {
  readonly texts: string[] = []
  constructor(public room = Number.POSITIVE_INFINITY) {}
  ready(): boolean {
    return this.room > 0
  }
  send(text: string): void {
    this.room -= 1
    this.texts.push(text)
  }
  get messages(): { type: string; event: RunEvent; coalesced?: number; next?: number }[] {
    return this.texts.map((text) => JSON.parse(text) as { type: string; event: RunEvent })
  }
}

describe('coalescing', () => {
  const frames = (bodies: readonly RunEventBody[], first = 0) =>
    bodies.map((body, index) => frameOf({ ...body, run: 'r', sequence: first + index, time: '' }))

  it('keeps the last progress of each node and the last step of each epoch, and says how many it left out before each', () => {
    const kept = coalesce(
      frames(
        [
          progress(1),
          metric(1, 1),
          progress(1, 'other'),
          metric(1, 2),
          metric(1, 2, 'loss'),
          progress(2),
          metric(2, 3),
          progress(3),
        ],
        10,
      ),
      10,
    )
    expect(kept.map(({ sequence, coalesced }) => [sequence, coalesced])).toEqual([
      [12, 2],
      [13, 0],
      [14, 0],
      [16, 1],
      [17, 0],
    ])
  })

  it('never leaves out anything else, and always adds up', () => {
    const seed = Date.now() % 1_000_000
    const random = createRandom(seed)
    const bodies = Array.from(
      { length: 500 },
      (_, index): RunEventBody =>
        random() < 0.4
          ? progress(index)
          : random() < 0.5
            ? metric(Math.floor(index / 50), index)
            : { type: 'log', level: 'info', message: String(index) },
    )
    const all = frames(bodies, 7)
    const kept = coalesce(all, 5)
    let expected = 5
    for (const frame of kept) {
      expect(frame.sequence, `seed ${seed}`).toBe(expected + frame.coalesced)
      expected = frame.sequence + 1
    }
    expect(kept.filter((frame) => frame.key === null)).toHaveLength(bodies.filter((body) => body.type === 'log').length)
    expect(expected).toBe(507)
  })
})

describe('a subscription', () => {
  it('gives what there is and what comes, once and in order', () => {
    const { hub, run, write, close } = newRun()
    write(started, progress(1))
    const pipe = new Pipe()
    const subscription = new Subscription(hub, run, pipe, 0)
    write(progress(2), progress(3))
    expect(pipe.messages.map(({ event }) => event.sequence)).toEqual([0, 1, 2, 3])
    subscription.close()
    write(progress(4))
    expect(pipe.texts).toHaveLength(4)
    close()
  })

  it('gives the same when there is no memory to keep anything in, and counts what it keeps', () => {
    const budget = new MemoryBudget(3000)
    const { hub, run, write, close } = newRun(budget)
    const pipe = new Pipe(40)
    const subscription = new Subscription(hub, run, pipe, 0)
    write(started)
    for (let step = 0; step < 100; step++) {
      write({ type: 'log', level: 'info', message: `line ${step}` })
      expect(budget.bytes).toBeLessThanOrEqual(3000)
    }
    pipe.room = Infinity
    subscription.wake()
    expect(pipe.messages.map(({ event }) => event.sequence)).toEqual(Array.from({ length: 101 }, (_, index) => index))
    expect(budget.byCache().get('events')).toBeGreaterThan(0)
    subscription.close()
    expect(budget.bytes).toBe(0)
    close()
  })

  it('starts with a snapshot without a place, and for one who is far behind', () => {
    const { hub, run, write, store, close } = newRun()
    write(started, ...Array.from({ length: longestReplay + 10 }, (_, index) => progress(index)))
    const late = new Pipe()
    new Subscription(hub, run, late, undefined)
    const far = new Pipe()
    new Subscription(hub, run, far, 3)
    const near = new Pipe()
    new Subscription(hub, run, near, longestReplay)
    expect(late.messages).toMatchObject([{ type: 'snapshot', next: longestReplay + 11 }])
    expect(far.messages).toMatchObject([{ type: 'snapshot' }])
    expect(near.messages.map(({ type }) => type)).toEqual(Array.from({ length: 11 }, () => 'event'))
    expect((late.messages[0] as unknown as { state: unknown }).state).toEqual(
      JSON.parse(JSON.stringify(store.state(run))),
    )
    close()
  })

  it('keeps nothing for a slow viewer: it gets progress coalesced and everything else, and ends in the same state', () => {
    const { hub, run, write, store, close } = newRun()
    write(started, { type: 'node-queued', node: 'train' }, { type: 'node-started', node: 'train' })
    const pipe = new Pipe(3)
    const subscription = new Subscription(hub, run, pipe, 0)
    for (let step = 1; step <= 300; step++)
      write(
        progress(step),
        metric(Math.ceil(step / 100), step),
        ...(step % 100 === 0 ? [metric(step / 100, step, 'loss')] : []),
      )
    write({ type: 'log', level: 'warning', message: 'careful' })
    expect(pipe.texts).toHaveLength(3)
    pipe.room = 2
    subscription.wake()
    expect(pipe.texts).toHaveLength(5)
    pipe.room = Number.POSITIVE_INFINITY
    subscription.wake()
    let expected = 0
    for (const { event, coalesced = 0 } of pipe.messages) {
      expect(event.sequence).toBe(expected + coalesced)
      expected = event.sequence + 1
    }
    expect(expected).toBe(store.find(run)?.next)
    expect(pipe.texts.length).toBeLessThan(20)
    const seen = pipe.messages.map(({ event }) => event)
    expect(seen.filter((event) => event.type === 'metric' && event.name === 'loss')).toHaveLength(3)
    const folded = seen.reduce(reduceRun, new LiveViewer(run, 0).state)
    expect(folded.nodes['train']).toMatchObject({
      progress: store.state(run).nodes['train']?.progress,
      metrics: store.state(run).nodes['train']?.metrics,
    })
    close()
  })

  it('sees what another process writes', () => {
    const { hub, run, store, close } = newRun()
    const pipe = new Pipe()
    new Subscription(hub, run, pipe, 0)
    store.append(run, [started, progress(1)])
    expect(pipe.texts).toHaveLength(0)
    hub.refresh()
    store.append(run, [progress(2)])
    hub.publish(store.append(run, [progress(3)]))
    expect(pipe.messages.map(({ event }) => event.sequence)).toEqual([0, 1, 2, 3])
    close()
  })
})
