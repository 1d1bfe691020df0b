import type { Curve, MetricDescription } from '@graft/graph-schema'
import { describe, expect, test } from 'vitest'
import { chartsOf, readChart, stopsOf } from './chart-model.js'
import { niceTicks, wholeTicks } from './ticks.js'

const metrics: Readonly<Record<string, MetricDescription>> = {
  loss: { name: 'loss', title: 'Loss', better: 'lower', format: 'number' },
  accuracy: { name: 'accuracy', title: 'Accuracy', better: 'higher', format: 'percent' },
  macroF1: { name: 'macroF1', title: 'Macro F1', better: 'higher', format: 'percent' },
}

const described = (name: string): Pick<Curve, 'metric'> => {
  const metric = metrics[name === 'stepLoss' ? 'loss' : name]
  return metric === undefined ? {} : { metric }
}

const perEpoch = (name: string, split: string, phase: string, values: readonly number[], steps = 10): Curve => ({
  name,
  split,
  phase,
  ...described(name),
  points: values.map((value, index) => ({ epoch: index + 1, step: (index + 1) * steps, value })),
})

describe('charts of a run', () => {
  const first = {
    curves: [
      perEpoch('loss', 'train', 'head', [3, 2]),
      perEpoch('loss', 'val', 'head', [3.5, 2.5]),
      {
        name: 'stepLoss',
        split: 'train',
        phase: 'head',
        ...described('stepLoss'),
        points: [
          { epoch: 1, step: 5, value: 3.2 },
          { epoch: 2, step: 15, value: 2.2 },
        ],
      },
    ],
  }
  const second = { curves: [perEpoch('loss', 'train', 'fine', [1.5]), perEpoch('accuracy', 'val', 'fine', [0.9])] }

  test('put the phases of several nodes one after the other', () => {
    const [loss] = chartsOf({ a: first, b: second })
    expect(loss?.phases).toEqual([
      { title: 'head', from: 0, to: 2 },
      { title: 'fine', from: 2, to: 3 },
    ])
    expect(loss?.series.find(({ id }) => id === 'train/loss')?.points).toEqual([
      [1, 3],
      [2, 2],
      [3, 1.5],
    ])
  })

  test('place single steps at fractions of an epoch', () => {
    const [loss] = chartsOf({ a: first })
    expect(loss?.series.find(({ id }) => id === 'train/stepLoss')).toMatchObject({
      faint: true,
      points: [
        [0.5, 3.2],
        [1.5, 2.2],
      ],
    })
  })

  test('leave out numbers that were measured once, such as those of an evaluation', () => {
    expect(
      chartsOf({
        e: {
          curves: [{ name: 'accuracy', split: 'test', phase: 'evaluate', points: [{ epoch: 0, step: 0, value: 0.9 }] }],
        },
      }),
    ).toEqual([])
  })

  test('give metrics that nobody foresaw a chart of their own', () => {
    expect(chartsOf({ a: { curves: [perEpoch('gradientNorm', 'train', 'p', [1, 2])] } })).toMatchObject([
      { id: 'gradientNorm', title: 'Gradient norm' },
    ])
  })

  test('are one for each metric, with its own title: validated ones first, the learning rate last', () => {
    const charts = chartsOf({
      a: {
        curves: [
          perEpoch('learningRate', 'train', 'p', [0.1, 0.01]),
          perEpoch('accuracy', 'train', 'p', [0.5, 0.6]),
          perEpoch('loss', 'val', 'p', [2, 1]),
          perEpoch('macroF1', 'val', 'p', [0.4, 0.5]),
        ],
      },
    })
    expect(charts.map(({ title, kind, series }) => [title, kind, ...series.map(({ name }) => name)])).toEqual([
      ['Loss', 'value', 'validation'],
      ['Macro F1', 'share', 'validation'],
      ['Accuracy', 'share', 'training'],
      ['Learning rate', 'value', 'learning rate'],
    ])
  })

  test('skip values that are not finite', () => {
    expect(
      chartsOf({ a: { curves: [perEpoch('loss', 'train', 'p', [1, Number.NaN, 2])] } })[0]?.series[0]?.points,
    ).toEqual([
      [1, 1],
      [3, 2],
    ])
  })

  test('are read at the nearest known epoch', () => {
    const [loss] = chartsOf({ a: first })
    expect(readChart(loss?.series ?? [], 1.4)).toMatchObject({ x: 1, values: [{ value: 3 }, { value: 3.5 }] })
    expect(stopsOf(loss?.series ?? [])).toEqual([1, 2])
    expect(readChart([], 1)).toBeNull()
  })
})

describe('ticks', () => {
  test('are round and cover the range', () => {
    expect(niceTicks(0, 1)).toEqual([0, 0.5, 1])
    expect(niceTicks(0.12, 3.4)).toEqual([0, 1, 2, 3, 4])
    expect(niceTicks(5, 5).length).toBeGreaterThan(1)
  })
  test('of epochs are whole and few', () => {
    expect(wholeTicks(0, 40)).toEqual([0, 10, 20, 30, 40])
    expect(wholeTicks(0, 3)).toEqual([0, 1, 2, 3])
    expect(wholeTicks(0, 10_000).length).toBeLessThanOrEqual(11)
  })
})

describe('the x axis', () => {
  const curve = (name: string, axis: string, points: readonly (readonly [x: number, value: number])[]): Curve => ({
    name,
    split: 'train',
    phase: 'head',
    axis,
    ...described(name),
    points: points.map(([x, value], index) => ({ epoch: 1 + Math.floor(index / 2), step: index + 1, value, x })),
  })

  test('is what the points say: steps become fractions of epochs, epochs stay', () => {
    const charts = chartsOf({
      a: {
        curves: [
          perEpoch('accuracy', 'val', 'head', [0.5, 0.6], 4),
          curve('gradientNorm', 'step', [
            [2, 9],
            [8, 7],
          ]),
          curve('share', 'epoch', [
            [1, 0.1],
            [1.5, 0.2],
          ]),
        ],
      },
    })
    const points = (id: string) => charts.find((chart) => chart.id === id)?.series[0]?.points
    expect(points('gradientNorm')).toEqual([
      [0.5, 9],
      [2, 7],
    ])
    expect(points('share')).toEqual([
      [1, 0.1],
      [1.5, 0.2],
    ])
  })

  test('of something else than epochs gives a chart of its own', () => {
    const sweep = curve('loss', 'learningRate', [
      [0.01, 2],
      [0.1, 1],
    ])
    const charts = chartsOf({
      find: { curves: [sweep] },
      train: { curves: [perEpoch('loss', 'train', 'head', [3, 2])] },
    })
    expect(charts.map(({ title, axis, series }) => [title, axis, series[0]?.points])).toEqual([
      [
        'Loss',
        undefined,
        [
          [1, 3],
          [2, 2],
        ],
      ],
      [
        'Loss',
        'learning rate',
        [
          [0.01, 2],
          [0.1, 1],
        ],
      ],
    ])
  })
})
