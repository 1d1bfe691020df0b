import { emptyDocument } from '@graft/graph-schema'
import type { GraphDocument, MetricsDetail } from '@graft/graph-schema'
import { describe, expect, test } from 'vitest'
import type { ChartModel } from '../charts/chart-model.js'
import { diffGraphs, isSameGraph } from './graph-diff.js'
import { metricRows, toneOf } from './metric-rows.js'
import { overlayCharts } from './overlay-charts.js'

const graph = (nodes: GraphDocument['nodes'], edges: GraphDocument['edges'] = []): GraphDocument => ({
  ...emptyDocument(),
  nodes,
  edges,
})
const node = (params: Record<string, unknown> = {}, more: object = {}): GraphDocument['nodes'][string] => ({
  type: 't',
  version: 1,
  params,
  ...more,
})
const wire = (from: string, to: string) => ({ from: { node: from, port: 'o' }, to: { node: to, port: 'i' } })

describe('the difference of two graphs', () => {
  test('names changed params by path, with both values', () => {
    const diff = diffGraphs(
      graph({ a: node({ epochs: 10, optimizer: { name: 'sgd', momentum: 0.9 } }) }),
      graph({ a: node({ optimizer: { name: 'sgd', momentum: 0.5 }, seed: 1 }) }),
    )
    expect(diff.nodes[0]?.params).toEqual([
      { path: 'epochs', before: 10, after: undefined },
      { path: 'optimizer.momentum', before: 0.9, after: 0.5 },
      { path: 'seed', before: undefined, after: 1 },
    ])
  })

  test('lists nodes and wires that came and went', () => {
    const diff = diffGraphs(
      graph({ a: node(), b: node() }, [wire('a', 'b')]),
      graph({ a: node(), c: node() }, [wire('a', 'c')]),
    )
    expect(diff.nodes.map(({ id, kind }) => [id, kind])).toEqual([
      ['b', 'removed'],
      ['c', 'added'],
    ])
    expect([diff.edgesRemoved.length, diff.edgesAdded.length]).toEqual([1, 1])
  })

  test('ignores titles, places and ids of wires', () => {
    const after = graph({ a: node({}, { title: 'X' }), b: node() }, [{ id: 'w', ...wire('a', 'b') }])
    expect(
      isSameGraph(
        diffGraphs(graph({ a: node(), b: node() }, [wire('a', 'b')]), {
          ...after,
          layout: { ...after.layout, positions: { a: { x: 1, y: 1 } } },
        }),
      ),
    ).toBe(true)
  })

  test('says when a node was muted', () =>
    expect(diffGraphs(graph({ a: node() }), graph({ a: node({}, { muted: true }) })).nodes[0]?.notes).toEqual([
      'now muted',
    ]))
})

describe('numbers side by side', () => {
  const evaluation = (top1: number, loss: number) => ({
    node: 'e',
    detail: {
      kind: 'single-label-evaluation',
      split: 'test',
      scores: {
        primary: 'accuracy',
        values: { accuracy: top1, loss },
        metrics: [
          { name: 'accuracy', title: 'Accuracy', better: 'higher', format: 'percent' },
          { name: 'loss', title: 'Loss', better: 'lower', format: 'number' },
        ],
      },
    } as unknown as MetricsDetail,
  })
  test('know which direction is better', () => {
    const rows = metricRows([evaluation(0.8, 0.5)], [evaluation(0.9, 0.6)])
    expect(rows.map((row) => [row.title, toneOf(row)])).toEqual([
      ['Accuracy, test', 'better'],
      ['Loss, test', 'worse'],
    ])
  })
  test('leave a gap where a run has no such number', () =>
    expect(metricRows([evaluation(0.8, 0.5)], [])[0]).toMatchObject({ first: 0.8, second: null }))
})

test('curves of two runs share a chart, one colour a run', () => {
  const chart = (value: number): ChartModel => ({
    id: 'loss',
    title: 'Loss',
    kind: 'value',
    phases: [{ title: 'p', from: 0, to: 1 }],
    series: [
      { id: 'train/loss', name: 'training', color: 1, dashed: false, faint: false, points: [[1, value]] },
      { id: 'val/loss', name: 'validation', color: 2, dashed: false, faint: false, points: [[1, value]] },
      { id: 'train/stepLoss', name: 'each step', color: 1, dashed: false, faint: true, points: [[1, value]] },
    ],
  })
  expect(
    overlayCharts([chart(1)], [chart(2)], ['A', 'B'])[0]?.series.map(({ name, color, dashed }) => [
      name,
      color,
      dashed,
    ]),
  ).toEqual([
    ['A, training', 1, true],
    ['A, validation', 1, false],
    ['B, training', 2, true],
    ['B, validation', 2, false],
  ])
})
