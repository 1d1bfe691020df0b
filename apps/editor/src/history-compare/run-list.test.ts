import type { RunSummary } from '@graft/graph-schema'
import { describe, expect, it, test } from 'vitest'
import { joinPages, secondsOf, toggleCompared } from './run-list.js'
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

test('a run takes until it is finished, or until now', () => {
  const startedAt = '2026-01-01T00:00:00.000Z'
  expect(secondsOf({ startedAt, finishedAt: '2026-01-01T00:00:05.000Z' }, 0)).toBe(5)
  expect(secondsOf({ startedAt }, Date.parse(startedAt) + 2000)).toBe(2)
  expect(secondsOf({}, 0)).toBeNull()
})

test('two runs are compared; a third takes the place of the first', () => {
  expect(['a', 'b', 'c', 'b'].reduce<readonly string[]>(toggleCompared, [])).toEqual(['c'])
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
