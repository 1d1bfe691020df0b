import type { RunSummary } from '@graft/graph-schema'
import { describe, expect, it, test } from 'vitest'
import { metricTable } from './metric-table.js'
import type { NodeDetail } from './metric-rows.js'
import { joinPages, mostCompared, toggleCompared } from './run-list.js'
import { newestFirst, orderRunsBy, sortRuns } from './sort-runs.js'
import type { RunOrder } from './sort-runs.js'
import { isSameShape } from './same-shape.js'

const run = (id: string, createdAt: string, status: RunSummary['status'] = 'queued'): RunSummary => ({
  id,
  createdAt,
  status,
  graphName: 'G',
  engine: 'auto',
  device: '',
  priority: 0,
  attempts: 1,
})

test('as many runs are compared as can be read side by side; one more takes the place of the first', () => {
  expect(['a', 'b', 'c', 'b'].reduce<readonly string[]>(toggleCompared, [])).toEqual(['a', 'c'])
  const many = Array.from({ length: mostCompared + 1 }, (_, index) => String(index))
  expect(many.reduce<readonly string[]>(toggleCompared, [])).toEqual(many.slice(1))
})

test('runs are sorted by what a heading says; those without it come last either way', () => {
  const run = (id: string, value: number | null, name?: string): RunSummary => ({
    id,
    graphName: 'Graph',
    status: 'succeeded',
    createdAt: `2026-01-0${id}T00:00:00.000Z`,
    engine: 'auto',
    device: 'cpu',
    priority: 0,
    attempts: 1,
    ...(name !== undefined && { name }),
    ...(value !== null && {
      headline: {
        metric: { name: 'accuracy', title: 'Accuracy', better: 'higher', format: 'percent' },
        value,
        count: 10,
        split: 'val',
      },
    }),
  })
  const list = [run('1', 0.9), run('2', null, 'A try'), run('3', 0.95)]
  const ids = (order: RunOrder): readonly string[] => sortRuns(list, order).map(({ id }) => id)
  expect(ids(newestFirst)).toEqual(['3', '2', '1'])
  expect(ids(orderRunsBy(newestFirst, 'score'))).toEqual(['3', '1', '2'])
  expect(ids({ column: 'score', descending: false })).toEqual(['1', '3', '2'])
  expect(ids({ column: 'name', descending: false })).toEqual(['2', '3', '1'])
})

test('the numbers of several runs are a table in which the best of each row is marked', () => {
  const training = (seconds: number): NodeDetail => ({
    node: 'train',
    detail: { kind: 'training', seconds, epochs: 3, trainableParameters: 5, totalParameters: seconds } as never,
  })
  const rows = metricTable([[training(4)], [training(7)], []])
  expect(rows.find(({ title }) => title === 'All parameters')).toMatchObject({ values: [4, 7, null], best: [0] })
  // A training that took longer is not worse.
  expect(rows.find(({ title }) => title === 'Training time')).toMatchObject({ values: [4, 7, null], best: [] })
})

test('pages make one list without repeats, newest first, in their newest state', () => {
  const list = joinPages([run('a', '1'), run('b', '2')], [run('b', '2', 'succeeded'), run('c', '3')])
  expect(list.map(({ id, status }) => `${id} ${status}`)).toEqual(['c queued', 'b succeeded', 'a queued'])
})

describe('a run on the graph that is open', () => {
  const graph = (types: Readonly<Record<string, string>>) => ({
    nodes: Object.fromEntries(Object.entries(types).map(([id, type]) => [id, { type, version: 1, params: {} }])),
  })

  it('means its nodes only when all of the run’s are there, with their types', () => {
    const run = graph({ images: 'folder', train: 'train' })
    expect(isSameShape(run, graph({ images: 'folder', train: 'train', more: 'report' }))).toBe(true)
    expect(isSameShape(run, graph({ images: 'folder' }))).toBe(false)
    expect(isSameShape(run, graph({ images: 'table', train: 'train' }))).toBe(false)
  })
})
