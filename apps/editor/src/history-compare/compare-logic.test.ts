import { emptyDocument } from '@graft/graph-schema'
import type { GraphDocument, MetricsDetail } from '@graft/graph-schema'
import { describe, expect, test } from 'vitest'
import type { ChartModel } from '../charts/chart-model.js'
import { diffGraphs, isSameGraph } from './graph-diff.js'
import { comparePaired, midP, verdictOf } from './mc-nemar.js'
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

describe('McNemar', () => {
  const predictions = (rights: readonly boolean[]) =>
    rights.map((right, index) => ({ id: `p${index}`, truth: '0', right }))

  test('pairs by image, whatever the order, and leaves out what only one saw', () => {
    const first = predictions([true, true, false, false])
    const second = [...predictions([true, false, true, false])]
      .reverse()
      .concat([{ id: 'extra', truth: '0', right: true }])
    expect(comparePaired(first, second)).toMatchObject({
      count: 4,
      unpaired: 1,
      bothRight: 1,
      onlyFirst: 1,
      onlySecond: 1,
      bothWrong: 1,
      p: 1,
    })
  })

  test('does not pair images whose true class changed', () => {
    expect(comparePaired(predictions([true]), [{ id: 'p0', truth: '1', right: true }])).toMatchObject({
      count: 0,
    })
  })

  // Binomial(10, 1/2): P(X<=1) = 11/1024, P(X=1) = 10/1024; mid-p = 2*11/1024 - 10/1024.
  test('gives the mid-p of the binomial test', () => {
    expect(midP(1, 9)).toBeCloseTo(12 / 1024, 12)
    expect(midP(9, 1)).toBeCloseTo(12 / 1024, 12)
    expect(midP(0, 5)).toBeCloseTo(1 / 32, 12)
    expect(midP(0, 0)).toBe(1)
    expect(midP(7, 7)).toBeCloseTo(1, 12)
    // By SciPy: binomtest(9, 22), less half the probability of 9 and of 13.
    expect(midP(13, 9)).toBeCloseTo(0.404872894, 9)
    // 0.5^4000 is too small for a number.
    expect(midP(2000, 2000)).toBeCloseTo(1, 9)
  })

  test('stays a probability for thousands of images', () => {
    for (const [a, b] of [
      [2000, 2000],
      [1900, 2100],
      [0, 4000],
    ] as const) {
      expect(midP(a, b)).toBeGreaterThanOrEqual(0)
      expect(midP(a, b)).toBeLessThanOrEqual(1)
    }
  })

  test('calls a clear difference by the name of the better run, and an unclear one by its name', () => {
    const names = ['A', 'B'] as const
    const result = (onlyFirst: number, onlySecond: number) => ({
      count: 100,
      unpaired: 0,
      onlyFirst,
      onlySecond,
      bothRight: 0,
      bothWrong: 0,
      p: midP(onlyFirst, onlySecond),
    })
    expect(verdictOf(result(1, 12), names)).toMatchObject({
      tone: 'better',
      text: expect.stringContaining('B is better'),
    })
    expect(verdictOf(result(30, 2), names)).toMatchObject({
      tone: 'worse',
      text: expect.stringContaining('A is better, and that is very unlikely to be chance (p < 0.001)'),
    })
    expect(verdictOf(result(3, 5), names)).toMatchObject({
      tone: 'unclear',
      text: expect.stringContaining('don’t read anything into it'),
    })
    expect(verdictOf(result(0, 0), names).tone).toBe('same')
    expect(verdictOf({ ...result(0, 0), count: 0 }, names).text).toContain('different images')
  })
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
