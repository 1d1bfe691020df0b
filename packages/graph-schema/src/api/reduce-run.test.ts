import { describe, expect, it } from 'vitest'
import type { RunEvent, RunEventBody } from '../events.js'
import { runEventSchema } from '../events.js'
import { curvePoints } from './curves.js'
import { reduceRun } from './reduce-run.js'
import { emptyRunState, runStateSchema } from './run-state.js'
import type { RunState } from './run-state.js'
import { secondsOfRun } from './seconds-of-run.js'

const eventsOf = (bodies: readonly RunEventBody[], first = 0): RunEvent[] =>
  bodies.map((body, index) => ({
    ...body,
    run: 'r',
    sequence: first + index,
    time: `2026-01-01T00:00:0${index % 10}.000Z`,
  }))
const fold = (events: readonly RunEvent[], state: RunState = emptyRunState('r')): RunState =>
  events.reduce(reduceRun, state)

const blob = { sha256: 'a'.repeat(64), bytes: 3, mediaType: 'image/png' }
const loss = (epoch: number, value = 1 / epoch): RunEventBody => ({
  type: 'metric',
  node: 'train',
  name: 'loss',
  split: 'train',
  phase: 'head',
  epoch,
  step: epoch * 10,
  value,
})
const metrics = (split: string, accuracy: number): Record<string, unknown> => ({
  metrics: {
    kind: 'metrics',
    task: 'single-label',
    split,
    count: 10,
    primary: 'accuracy',
    values: { accuracy },
    metrics: [{ name: 'accuracy', title: 'Accuracy', better: 'higher', format: 'percent' }],
    detail: { sha256: 'a'.repeat(64), bytes: 1, mediaType: 'application/json' },
  },
})
const problem = { code: 'node', severity: 'error', node: 'train', message: 'It broke.', fix: 'Mend it.' } as const

const opening: RunEventBody[] = [
  { type: 'run-queued' },
  { type: 'run-started', graph: 'g', nodes: ['data', 'train', 'report'], engine: 'onnx' },
  { type: 'node-queued', node: 'data' },
  { type: 'node-queued', node: 'train' },
  { type: 'node-queued', node: 'report' },
  { type: 'node-cached', node: 'data', reason: 'nothing changed', outputs: { images: 1 } },
  { type: 'node-started', node: 'train', reason: 'first run' },
  { type: 'node-progress', node: 'train', done: 1, total: 4, unit: 'steps', etaSeconds: 3 },
  { type: 'preview', node: 'train', title: 'Samples', blob },
  loss(1),
  loss(2),
]

describe('the state of a run', () => {
  it('follows a run that succeeds', () => {
    const state = fold(
      eventsOf([
        ...opening,
        { type: 'node-finished', node: 'train', outputs: metrics('val', 0.9), milliseconds: 5 },
        { type: 'run-finished', status: 'succeeded', outputs: { report: {} }, milliseconds: 9 },
      ]),
    )
    expect(state).toMatchObject({
      status: 'succeeded',
      graph: 'g',
      engine: 'onnx',
      next: 13,
      milliseconds: 9,
      targets: ['report'],
      headline: { split: 'val', value: 0.9 },
    })
    expect(state.nodes['data']).toMatchObject({ status: 'cached', reason: 'nothing changed', outputs: { images: 1 } })
    expect(state.nodes['train']).toMatchObject({
      status: 'done',
      milliseconds: 5,
      metrics: { 'train/loss': { epoch: 2, value: 0.5 } },
      previews: [{ title: 'Samples' }],
    })
    expect(state.nodes['train']).not.toHaveProperty('progress')
    expect(state.nodes['train']?.curves[0]?.points.map((point) => point.epoch)).toEqual([1, 2])
  })

  it('names the engines that were chosen while it ran', () => {
    expect(
      fold(eventsOf([...opening, { type: 'engine-chosen', engine: 'onnx on webgpu', reason: 'it is faster' }])).engine,
    ).toBe('onnx on webgpu')
  })

  it('counts every event once, however often it comes, and from any split of the stream', () => {
    const events = eventsOf([...opening, loss(3), { type: 'log', level: 'info', message: 'hello' }])
    const whole = fold(events)
    for (let cut = 0; cut <= events.length; cut++)
      expect(fold(events.slice(Math.max(0, cut - 3)), fold(events.slice(0, cut)))).toEqual(whole)
  })

  it('leaves the given state as it was', () => {
    const freeze = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return
      Object.freeze(value)
      Object.values(value).forEach(freeze)
    }
    const states = eventsOf([
      ...opening,
      { type: 'run-finished', status: 'failed', outputs: {}, milliseconds: 1 },
    ]).reduce((all: RunState[], event) => {
      const before = all.at(-1) ?? emptyRunState('r')
      freeze(before)
      return [...all, reduceRun(before, event)]
    }, [])
    expect(states).toHaveLength(opening.length + 1)
  })

  it('names the first failure, and skips what was still waiting', () => {
    const state = fold(
      eventsOf([
        ...opening,
        { type: 'node-failed', node: 'train', problem },
        { type: 'run-finished', status: 'failed', outputs: {}, milliseconds: 9 },
      ]),
    )
    expect(state).toMatchObject({ status: 'failed', problem: { message: 'It broke.' } })
    expect(state.nodes).toMatchObject({ train: { status: 'failed', problem }, report: { status: 'skipped' } })
  })

  it('keeps curves over an interruption, and replaces what is told again', () => {
    const again: RunEventBody[] = [
      { type: 'run-interrupted', message: 'The runner was killed.' },
      { type: 'run-queued' },
      ...opening.slice(1, 9),
      loss(2, 7),
      loss(3),
    ]
    const interrupted = fold(eventsOf([...opening, ...again.slice(0, 1)]))
    expect(interrupted).toMatchObject({
      status: 'interrupted',
      problem: { code: 'run-interrupted' },
      nodes: { train: { status: 'idle' }, data: { status: 'cached' } },
    })
    const resumed = fold(eventsOf([...opening, ...again]))
    expect(resumed).toMatchObject({
      status: 'running',
      problem: null,
      nodes: { train: { status: 'running', previews: [{ title: 'Samples' }] } },
    })
    expect(resumed.nodes['train']?.curves[0]?.points.map(({ epoch, value }) => [epoch, value])).toEqual([
      [1, 1],
      [2, 7],
      [3, 1 / 3],
    ])
  })

  it('prefers test over validation numbers, and the later of equals', () => {
    const finish = (split: string, accuracy: number): RunEventBody => ({
      type: 'node-finished',
      node: `n${accuracy}`,
      outputs: metrics(split, accuracy),
      milliseconds: 1,
    })
    expect(fold(eventsOf([finish('val', 0.9), finish('train', 1)])).headline).toMatchObject({
      split: 'val',
      value: 0.9,
    })
    expect(fold(eventsOf([finish('test', 0.7), finish('val', 0.9)])).headline).toMatchObject({ split: 'test' })
    expect(fold(eventsOf([finish('val', 0.7), finish('val', 0.8)])).headline).toMatchObject({ value: 0.8 })
  })

  it('keeps where a point stands on the axis of its curve', () => {
    const at = (value: number): RunEventBody =>
      ({ ...loss(1, 1 / value), x: { name: 'learningRate', value } }) as RunEventBody
    const state = fold(eventsOf([at(0.1), { ...at(0.2), step: 11 } as RunEventBody]))
    expect(state.nodes['train']?.curves).toMatchObject([{ axis: 'learningRate', points: [{ x: 0.1 }, { x: 0.2 }] }])
    expect(state.nodes['train']?.metrics['train/loss']).toMatchObject({ x: { name: 'learningRate', value: 0.2 } })
  })

  it('stays small over a long training: curves thin out, first and newest point stay', () => {
    const state = fold(eventsOf(Array.from({ length: 20_000 }, (_, index) => loss(index + 1))))
    const points = state.nodes['train']?.curves[0]?.points ?? []
    expect(points.length).toBeLessThanOrEqual(curvePoints)
    expect([points[0]?.epoch, points.at(-1)?.epoch]).toEqual([1, 20_000])
  })

  it('and the events it is made of are what the schemas say', () => {
    const events = eventsOf([...opening, { type: 'run-interrupted', message: 'gone' }])
    for (const event of events) expect(runEventSchema.parse(JSON.parse(JSON.stringify(event)))).toEqual(event)
    const state = fold(events)
    expect(runStateSchema.parse(JSON.parse(JSON.stringify(state)))).toEqual(state)
  })

  it('keeps a node called like what objects inherit apart', () => {
    expect(fold(eventsOf([{ type: 'node-queued', node: 'constructor' }])).nodes['constructor']).toMatchObject({
      status: 'queued',
    })
  })
})

describe('the end of a run whose clock was set meanwhile (fault 6)', () => {
  const start = '2026-01-01T00:00:00.000Z'
  const ended = (body: RunEventBody, time: string): string | null =>
    fold([
      { type: 'run-started', graph: 'g', nodes: ['a'], engine: 'x', run: 'r', sequence: 0, time: start },
      { ...body, run: 'r', sequence: 1, time } as RunEvent,
    ]).finishedAt

  it.each(['2026-01-04T00:01:00.000Z', '2025-12-29T00:01:00.000Z'])(
    'is its start and how long it took, at %s',
    (time) => {
      expect(ended({ type: 'run-finished', status: 'succeeded', outputs: {}, milliseconds: 90_000 }, time)).toBe(
        '2026-01-01T00:01:30.000Z',
      )
    },
  )

  it('is never before its start where nobody knows how long it took', () => {
    const killed: RunEventBody = { type: 'run-interrupted', message: 'killed' }
    expect(ended(killed, '2025-12-29T00:01:00.000Z')).toBe(start)
    expect(ended(killed, '2026-01-01T00:01:00.000Z')).toBe('2026-01-01T00:01:00.000Z')
  })
})

describe('how long a run takes that goes on, whose clock was set meanwhile (fault 6)', () => {
  const startedAt = '2026-01-01T00:00:00.000Z'
  const days = 86_400_000

  it.each([3 * days, -3 * days])('is what the system counted, %d milliseconds off', (jump) => {
    expect(secondsOfRun({ startedAt, runningMilliseconds: 90_000 }, Date.parse(startedAt) + jump)).toBe(90)
  })

  it('goes on from what was told', () => {
    expect(secondsOfRun({ startedAt, runningMilliseconds: 90_000 }, 0, 2000)).toBe(92)
  })

  it('is taken from the clock where nobody counted, and is never less than nothing', () => {
    expect(secondsOfRun({ startedAt, finishedAt: '2026-01-01T00:00:05.000Z' }, 0)).toBe(5)
    expect(secondsOfRun({ startedAt }, Date.parse(startedAt) + 2000)).toBe(2)
    expect(secondsOfRun({ startedAt }, Date.parse(startedAt) - days)).toBe(0)
    expect(secondsOfRun({}, 0)).toBeNull()
  })
})
