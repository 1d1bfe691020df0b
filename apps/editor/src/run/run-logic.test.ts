import { emptyDocument } from '@graft/graph-schema'
import type { GraphDocument, NodeManifest, NodeRunState, Queue } from '@graft/graph-schema'
import { describe, expect, test } from 'vitest'
import { ago, compact, counted, duration, significant, timeLeft } from '../ui/format.js'
import { doingText, progressOf, queuePosition, rateText, workOf } from './run-progress.js'
import { staleNodes } from './stale-nodes.js'

const node = (status: NodeRunState['status'], progress?: NodeRunState['progress']): NodeRunState => ({
  status,
  metrics: {},
  curves: [],
  previews: [],
  ...(progress !== undefined && { progress }),
})

describe('progress', () => {
  test('counts a running node with its own share', () => {
    const progress = progressOf({
      nodes: {
        a: node('cached'),
        b: node('done'),
        c: node('running', { done: 1, total: 2, unit: 'steps', etaSeconds: 8 }),
        d: node('queued'),
      },
    })
    // What was reused is no work.
    expect(progress).toEqual({ done: 2, total: 4, fraction: 0.5, running: ['c'], etaSeconds: 8 })
  })

  test('weighs work: a tenth of a training is about a tenth of the run, however many nodes only plan', () => {
    const planning = Object.fromEntries(Array.from({ length: 7 }, (_, index) => [`plan${index}`, node('done')]))
    const nodes = {
      ...planning,
      train: node('running', { done: 1, total: 10, unit: 'steps', etaSeconds: null }),
      report: node('queued'),
    }
    const type = (usesEngine: boolean, kind: string): NodeManifest =>
      ({ usesEngine, outputs: { out: { kind } } }) as unknown as NodeManifest
    const work = (id: string): number => workOf(id === 'train' ? type(true, 'model') : type(false, 'model'))
    expect(progressOf({ nodes }, work).fraction).toBeCloseTo(13 / 68)
    expect(workOf(type(true, 'metrics'))).toBeGreaterThan(workOf(undefined))
    expect(progressOf({ nodes: { a: node('cached'), b: node('cached') } }).fraction).toBe(1)
  })

  test('counts time where it is known: what is done, what the running node expects, and the rest at their pace', () => {
    const nodes = {
      load: { ...node('done'), milliseconds: 1000 },
      train: node('running', { done: 25, total: 100, unit: 'steps', etaSeconds: 75 }),
      evaluate: node('queued'),
    }
    const work = (id: string): number => ({ load: 1, train: 60, evaluate: 10 })[id] ?? 0
    // 1 s, 100 s of which 25 are over, and 10 of work at 101 s for 61.
    expect(progressOf({ nodes }, work).fraction).toBeCloseTo(26 / (101 + 1010 / 61))
  })

  test('says what is computed', () => {
    const progress = { done: 512, total: 3000, unit: 'image features', etaSeconds: null }
    expect(doingText('Train', progress)).toBe('Train: 512/3,000 image features')
    expect(doingText('Train', undefined)).toBe('Train')
  })

  test('of an empty run is nothing, not NaN', () => expect(progressOf({ nodes: {} }).fraction).toBe(0))

  test('tells the place in the queue', () => {
    const queue = { running: [], queued: [{ id: 'x' }, { id: 'y' }], etaSeconds: null } as unknown as Queue
    expect([queuePosition(queue, 'y'), queuePosition(queue, 'z'), queuePosition(null, 'y')]).toEqual([2, null, null])
  })
})

describe('results become stale', () => {
  const graph: GraphDocument = {
    ...emptyDocument(),
    nodes: {
      a: { type: 'a', version: 1, params: { x: 1, y: 2 } },
      b: { type: 'b', version: 1, params: {} },
      c: { type: 'c', version: 1, params: {} },
      d: { type: 'd', version: 1, params: {} },
    },
    edges: [
      { from: { node: 'a', port: 'o' }, to: { node: 'b', port: 'i' } },
      { from: { node: 'b', port: 'o' }, to: { node: 'c', port: 'i' } },
    ],
  }
  const edited = (change: (copy: GraphDocument) => void): readonly string[] => {
    const copy = structuredClone(graph)
    change(copy)
    return [...staleNodes(graph, copy)].toSorted()
  }

  test('from an edited node on', () =>
    expect(edited(({ nodes }) => Object.assign(nodes['b']!.params, { z: 1 }))).toEqual(['b', 'c']))
  test('behind a wire that was taken away', () => expect(edited(({ edges }) => void edges.shift())).toEqual(['b', 'c']))
  test('not by titles, places or the order of params', () => {
    expect(
      edited((copy) => {
        copy.nodes['a'] = { type: 'a', version: 1, params: { y: 2, x: 1 }, title: 'New' }
        copy.layout.positions['a'] = { x: 9, y: 9 }
      }),
    ).toEqual([])
  })
  test('when muted', () => expect(edited(({ nodes }) => void (nodes['d']!.muted = true))).toEqual(['d']))
})

describe('numbers for people', () => {
  test('durations', () =>
    expect([0.004, 0.34, 42.4, 185, 4320].map(duration)).toEqual([
      '< 0.1 s',
      '0.3 s',
      '42 s',
      '3 min 5 s',
      '1 h 12 min',
    ]))
  test('time left gets vaguer the longer it is', () =>
    expect([0.2, 7.2, 42, 754, 9000].map(timeLeft)).toEqual(['a moment', '8 s', '45 s', '13 min', '2.5 h']))
  test('counts', () =>
    expect([
      compact(789),
      compact(45_600),
      compact(1_234_567),
      counted(1, 'epoch'),
      counted(2, 'class', 'classes'),
    ]).toEqual(['789', '45.6 k', '1.23 M', '1 epoch', '2 classes']))
  test('values', () =>
    expect([significant(0.12345), significant(0.00001), significant(1234.5), significant(NaN)]).toEqual([
      '0.1235',
      '1.00e-5',
      '1235',
      '–',
    ]))
  test('times', () => {
    const now = new Date(2026, 5, 15, 18, 0).getTime()
    const at = (...parts: readonly [number, number, number, number, number]): string =>
      ago(new Date(...parts).toISOString(), now)
    expect([
      at(2026, 5, 15, 17, 30),
      at(2026, 5, 15, 15, 0),
      at(2026, 5, 15, 4, 5),
      at(2026, 5, 14, 14, 3),
      at(2026, 2, 3, 1, 1),
      at(2025, 2, 3, 1, 1),
    ]).toEqual(['30 min ago', '3 h ago', 'today 04:05', 'yesterday 14:03', '3 Mar', '3 Mar 2025'])
  })
})

test('the pace of a training is told in images, every other in the unit that is counted', () => {
  const steps = { done: 1, total: 9, unit: 'steps', etaSeconds: null }
  expect(rateText({ ...steps, imagesPerUnit: 31.25 }, 40)).toBe('1,250 images/s')
  expect(rateText(steps, 40)).toBe('40/s')
})
