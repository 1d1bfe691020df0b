import { emptyDocument, metricsDetailSchema } from '@graft/graph-schema'
import { describe, expect, test } from 'vitest'
import { orderBy, sortClasses } from './classification/class-table.js'
import {
  describeCell,
  imagesBehind,
  moveInMatrix,
  orderClasses,
  searchClasses,
  shareIn,
} from './classification/confusion.js'
import { shortened } from '../ui/format.js'
import { curvesOfDetail } from './read/curves-of-detail.js'
import { readCalibration, readEvaluation } from './read/read-evaluation.js'
import { byWorth, datasetBehind, resultsOf } from './read/run-results.js'

const blob = (name: string) => ({
  sha256: name.charCodeAt(0).toString(16).padEnd(64, '0'),
  bytes: 1,
  mediaType: 'application/json',
  name,
})
const dataset = (split: string, count: number) => ({
  kind: 'dataset',
  split,
  name: 'd',
  classNames: ['a', 'b'],
  count,
  samples: blob(split),
})

describe('results of a run', () => {
  const nodes = {
    split: { outputs: { train: dataset('train', 10), test: dataset('test', 4) } },
    train: {
      outputs: {
        model: { kind: 'model', network: { name: 'n', classNames: ['a', 'b'], layers: [] } },
        metrics: {
          kind: 'metrics',
          task: 't',
          split: 'val',
          count: 3,
          primary: 'a',
          values: {},
          metrics: [],
          detail: blob('t'),
        },
      },
    },
    strip: { outputs: { model: { kind: 'model', network: { name: 'n', classNames: null } } } },
    plugin: {
      outputs: {
        page: { kind: 'report', blob: blob('r'), title: 'Report' },
        strange: { kind: 'hologram' },
        table: { kind: 'file', blob: blob('f.csv') },
      },
    },
    waiting: {},
  }
  const results = resultsOf(nodes)

  test('offer the networks that were trained, the last first, and none that only guesses', () => {
    const head = { task: 'single-label', names: ['a', 'b'] }
    const model = (parameters: object): object => ({ kind: 'model', network: { name: 'n', head, parameters } })
    const drawn = model({ w: { source: { kind: 'initializer', initializer: { name: 'linear' }, seed: 1 } } })
    const known = model({
      w: { source: { kind: 'blob', blob: 'x', tensor: 'w' } },
      ones: { source: { kind: 'initializer', initializer: { name: 'ones' }, seed: 1 } },
    })
    const measured = {
      kind: 'metrics',
      task: 't',
      split: 'val',
      count: 3,
      primary: 'a',
      values: {},
      metrics: [],
      detail: blob('m'),
    }
    const run = { load: { outputs: { model: known } }, add: { outputs: { model: drawn } } }
    const trained = (id: string): object => ({ [id]: { outputs: { model: known, metrics: measured } } })
    const nodesToTry = (nodes: object): readonly string[] =>
      resultsOf(nodes as typeof run).models.map(({ node }) => node)
    expect(nodesToTry(run)).toEqual(['load'])
    expect(nodesToTry({ add: run.add })).toEqual([])
    expect(nodesToTry({ ...run, ...trained('head'), ...trained('tune') })).toEqual(['tune', 'head'])
  })

  test('are found by the kind of value, whatever the node', () => {
    expect(results.models.map(({ node }) => node)).toEqual(['train'])
    expect(results.files.map(({ kind, title }) => [kind, title])).toEqual([
      ['report', 'Report'],
      ['file', 'f.csv'],
    ])
    expect(results.metrics).toMatchObject([{ node: 'train', split: 'val', count: 3 }])
  })

  test('know the images that they were measured on, by wire and else by split and count', () => {
    const document = {
      ...emptyDocument(),
      edges: [{ from: { node: 'split', port: 'test' }, to: { node: 'evaluate', port: 'images' } }],
    }
    expect(datasetBehind(results, document, { node: 'evaluate', split: 'test', count: 4 })).toMatchObject({
      port: 'test',
    })
    expect(datasetBehind(results, null, { node: 'x', split: 'train', count: 10 })).toMatchObject({ port: 'train' })
    expect(datasetBehind(results, null, { node: 'x', split: 'val', count: 99 })).toBeNull()
  })

  test('come with test data first', () =>
    expect(byWorth([{ split: 'train' }, { split: 'val' }, { split: 'test' }]).map(({ split }) => split)).toEqual([
      'test',
      'val',
      'train',
    ]))
})

describe('a detail blob', () => {
  test('may have null where a number does not exist', () => {
    const parsed = metricsDetailSchema.parse({
      kind: 'single-label-evaluation',
      title: 't',
      split: 'test',
      classNames: ['a'],
      count: 0,
      scores: { primary: 'accuracy', values: { accuracy: null }, metrics: [] },
      intervals: { accuracy: [0, 1] },
      calibrationBins: [],
      confusion: [[0]],
      perClass: [{ name: 'a', support: 0, precision: null, recall: null, f1: 0 }],
      mostConfused: [],
      topLosses: [],
      predictions: [],
    })
    expect(parsed).toMatchObject({ scores: { values: { accuracy: Number.NaN } }, perClass: [{ recall: Number.NaN }] })
  })
})

describe('a confusion matrix', () => {
  test('is shaded by the share of the true class', () => {
    const share = shareIn([
      [8, 2],
      [0, 0],
    ])
    expect([share(0, 1), share(1, 0)]).toEqual([0.2, 0])
  })

  const names = ['zebra', 'ant', 'Bee', 'bee fly']
  const confusion = [
    [9, 0, 0, 0],
    [0, 5, 1, 0],
    [0, 3, 4, 0],
    [0, 0, 2, 6],
  ]

  test('with many classes is sorted by mistakes, name or size', () => {
    expect(orderClasses(confusion, names, 'mistakes')).toEqual([2, 1, 3, 0])
    expect(orderClasses(confusion, names, 'name')).toEqual([1, 2, 3, 0])
    expect(orderClasses(confusion, names, 'size')).toEqual([0, 3, 2, 1])
  })

  test('with many classes is searched: the classes that are meant, and those they are confused with', () => {
    const order = orderClasses(confusion, names, 'name')
    expect(searchClasses(order, confusion, names, 'fly')).toEqual([2, 3])
    expect(searchClasses(order, confusion, names, 'ANT')).toEqual([1, 2])
    expect(searchClasses(order, confusion, names, 'zebra')).toEqual([0])
    expect(searchClasses(order, confusion, names, 'wolf')).toEqual([])
    expect(searchClasses(order, confusion, names, ' ')).toEqual(order)
  })

  test('long names lose their middle, whatever letters they are written in', () => {
    expect(shortened('species_000123_larva', 11)).toBe('species…rva')
    expect([...new Intl.Segmenter('en').segment(shortened('👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧', 3))]).toHaveLength(3)
    expect(shortened('ants', 10)).toBe('ants')
  })

  test('shows the surest mistakes first', () => {
    const predictions = [
      { id: 'x', label: 0, prediction: 1, probability: 0.6 },
      { id: 'y', label: 0, prediction: 1, probability: 0.9 },
      { id: 'z', label: 0, prediction: 0, probability: 1 },
    ]
    expect(imagesBehind(predictions, 0, 1).map(({ id }) => id)).toEqual(['y', 'x'])
  })

  test('is walked with arrow keys and never left', () => {
    expect(moveInMatrix({ row: 0, column: 0 }, 'ArrowUp', 3)).toEqual({ row: 0, column: 0 })
    expect(moveInMatrix({ row: 1, column: 1 }, 'End', 3)).toEqual({ row: 1, column: 2 })
    expect(moveInMatrix({ row: 1, column: 1 }, 'Enter', 3)).toBeNull()
  })

  test('says what a cell means', () => {
    expect([describeCell(['ant', 'bee'], 0, 1, 1), describeCell(['ant', 'bee'], 1, 1, 7)]).toEqual([
      'ant taken for bee: 1 image',
      'bee: 7 images recognised',
    ])
  })
})

describe('the table of classes', () => {
  const scores = [
    { name: 'b', support: 3, precision: 0.5, recall: 0.2, f1: 0.3 },
    { name: 'a', support: 9, precision: 0.5, recall: Number.NaN, f1: 0.9 },
    { name: 'c', support: 1, precision: 1, recall: 0.9, f1: 0.95 },
  ]
  test('begins with the worst and turns round when asked again', () => {
    const order = orderBy({ column: 'name', descending: false }, 'f1')
    expect(sortClasses(scores, order).map(({ name }) => name)).toEqual(['b', 'a', 'c'])
    expect(sortClasses(scores, orderBy(order, 'f1')).map(({ name }) => name)).toEqual(['c', 'a', 'b'])
  })
  test('puts scores that do not exist last either way', () => {
    for (const descending of [true, false])
      expect(sortClasses(scores, { column: 'recall', descending }).at(-1)?.name).toBe('a')
  })
})

test('curves of a stored training come back line by line', () => {
  const point = (name: string, epoch: number) => ({
    name,
    split: 'train',
    phase: 'head',
    epoch,
    step: epoch * 2,
    value: epoch,
  })
  const metric = { name: 'loss', title: 'Loss', better: 'lower', format: 'number' } as const
  expect(
    curvesOfDetail({ curves: [point('loss', 1), point('rate', 1), point('loss', 2)], metrics: { loss: metric } }),
  ).toEqual([
    {
      name: 'loss',
      split: 'train',
      phase: 'head',
      metric,
      points: [
        { epoch: 1, step: 2, value: 1 },
        { epoch: 2, step: 4, value: 2 },
      ],
    },
    { name: 'rate', split: 'train', phase: 'head', points: [{ epoch: 1, step: 2, value: 1 }] },
  ])
})

describe('results in words', () => {
  const measured = (values: Record<string, number>, low = 0, high = 1) => ({
    scores: { primary: 'accuracy', values, metrics: [] },
    intervals: { accuracy: [low, high] as const },
  })
  const perClass = [
    { name: 'ant', support: 60, precision: 1, recall: 1, f1: 1 },
    { name: 'bee', support: 40, precision: 1, recall: 1, f1: 1 },
  ]
  test('say how many, how sure and compared to what', () => {
    expect(readEvaluation({ split: 'test', count: 100, ...measured({ accuracy: 0.9 }, 0.82, 0.95), perClass })).toEqual(
      [
        '90 of 100 test images were recognised. On new images of the same kind, expect 82% to 95% (95% confidence interval).',
        'Always answering “ant” would be right 60% of the time.',
      ],
    )
  })
  test('warn of a wide range and of images that were learned from', () => {
    expect(
      readEvaluation({ split: 'test', count: 10, ...measured({ accuracy: 0.9 }, 0.5, 0.99), perClass }).at(-1),
    ).toContain('wide range')
    expect(
      readEvaluation({ split: 'train', count: 10, ...measured({ accuracy: 0.9 }, 0.5, 0.99), perClass }).at(-1),
    ).toContain('learned from')
  })
  test('tell overconfidence from its opposite', () => {
    const bins = (confidence: number, accuracy: number) => [{ low: 0, high: 1, count: 10, confidence, accuracy }]
    expect(readCalibration({ ...measured({ calibrationError: 0.2 }), calibrationBins: bins(0.9, 0.7) })).toContain(
      'surer than it is right',
    )
    expect(readCalibration({ ...measured({ calibrationError: 0.2 }), calibrationBins: bins(0.5, 0.7) })).toContain(
      'less sure',
    )
    expect(readCalibration({ ...measured({ calibrationError: 0.01 }), calibrationBins: bins(0.71, 0.7) })).toContain(
      'can be trusted',
    )
  })
})
