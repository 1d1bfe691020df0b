import type { NetworkSummary } from '@graft/graph-schema'
import { describe, expect, test } from 'vitest'
import {
  blockHeights,
  boundaries,
  cutIndexOf,
  cutValueOf,
  moveEnd,
  nearestBoundary,
  spanOf,
  spanValuesOf,
  stateOf,
  totalsOf,
} from './stage-drawing.js'

const stage = (name: string, parameters = 10, macs = 100): NetworkSummary['stages'][number] => ({
  name,
  shape: [8, 4, 4],
  parameters,
  trainable: parameters,
  macs,
  receptiveField: null,
  statistics: null,
  layers: [
    {
      name: `${name}.conv`,
      operator: 'Conv',
      shape: [8, 4, 4],
      parameters,
      trainable: parameters,
      macs,
      receptiveField: null,
      cut: true,
      frozen: false,
    },
  ],
})
const network = { stages: [stage('stem'), stage('stage1'), stage('stage2'), stage('head')] }
const headless = { stages: network.stages.slice(0, 3) }

describe('a cut', () => {
  test('is before the head by default, and written as nothing there', () => {
    expect([cutIndexOf(network, ''), cutIndexOf(headless, '')]).toEqual([2, 2])
    expect([cutValueOf(network, 2), cutValueOf(network, 1)]).toEqual(['', 'stage1'])
  })
  test('may name a layer, and says so when it names nothing', () =>
    expect([cutIndexOf(network, 'stage1.conv'), cutIndexOf(network, 'stage9')]).toEqual([1, null]))
})

describe('a range', () => {
  test('is everything but the head by default', () => expect(spanOf(network, '', '')).toEqual({ from: 0, to: 2 }))
  test('is written with nothing at its natural ends', () => {
    expect(spanValuesOf(network, { from: 0, to: 2 })).toEqual({ from: '', to: '' })
    expect(spanValuesOf(network, { from: 1, to: 3 })).toEqual({ from: 'stage1', to: 'head' })
  })
  test('is refused when it is empty or names what is not there', () =>
    expect([spanOf(network, 'stage2', 'stem'), spanOf(network, 'x', '')]).toEqual([null, null]))
  test('is pushed along rather than turned round', () => {
    expect(moveEnd({ from: 0, to: 1 }, 'from', 3, 4)).toEqual({ from: 3, to: 3 })
    expect(moveEnd({ from: 2, to: 3 }, 'to', -5, 4)).toEqual({ from: 0, to: 0 })
  })
  test('survives being written and read for every pair of ends', () => {
    for (let from = 0; from < 4; from++) {
      for (let to = from; to < 4; to++) {
        const written = spanValuesOf(network, { from, to })
        expect(spanOf(network, written.from, written.to)).toEqual({ from, to })
      }
    }
  })
})

describe('the image', () => {
  test('makes heavy stages higher, and light ones high enough to read', () => {
    const heights = blockHeights([{ macs: 0 }, { macs: 25 }, { macs: 100 }])
    expect(heights).toEqual([30, 59, 88])
  })
  test('has room for a transformer: many equally heavy blocks are lower, but hold their text', () => {
    const heightsOf = (count: number): readonly number[] =>
      blockHeights(Array.from({ length: count }, () => ({ macs: 100 })))
    expect(heightsOf(14)).toEqual(Array(14).fill(50))
    expect(heightsOf(26)).toEqual(Array(26).fill(30))
  })
  test('finds the boundary nearest to the pointer', () => {
    const places = boundaries([30, 60, 30], 4)
    expect(places).toEqual([0, 34, 98, 132])
    expect([
      nearestBoundary(places, 60),
      nearestBoundary(places, 70),
      nearestBoundary(places, -9, 1),
      nearestBoundary(places, 999),
    ]).toEqual([1, 2, 1, 3])
  })
  test('adds up what is kept', () =>
    expect(totalsOf(network.stages, 0, 1)).toEqual({ stages: 2, parameters: 20, trainable: 20, macs: 200 }))
  test('tells frozen from partly frozen', () => {
    expect(
      [
        [0, 0],
        [5, 0],
        [5, 2],
        [5, 5],
      ].map(([parameters = 0, trainable = 0]) => stateOf({ parameters, trainable })),
    ).toEqual(['plain', 'frozen', 'partly', 'trainable'])
  })
})
