import { exampleAdvice } from '@graft/graph-schema/testing'
import { describe, expect, it } from 'vitest'
import { speakChart } from '../../charts/chart-words.js'
import { readChart } from '../../charts/chart-model.js'
import { learningChart, profileChart } from './advice-charts.js'
import { estimateText, pointsText } from './advice-words.js'
import { planeOf, planeSize } from './plane.js'
import { resultsOf } from './run-results.js'
import { sortCandidates } from './sort-candidates.js'

const [profile] = exampleAdvice.profiles
const { candidates, curve, position } = exampleAdvice
if (profile === undefined || curve === null || position === null) throw new Error('The example lost its parts.')

describe('an advice, read', () => {
  it('is found among the outputs of a run, whatever its node is called', () =>
    expect(resultsOf({ asked: { outputs: { anything: exampleAdvice } } }).advice).toEqual([
      { node: 'asked', port: 'anything', advice: exampleAdvice },
    ]))

  it('writes numbers with their intervals, and differences with their sign', () => {
    expect(estimateText({ value: 0.831, low: 0.78, high: 0.874 })).toBe('83% (78 to 87%)')
    expect(estimateText({ value: 1, low: 1, high: 1 })).toBe('100% (100%)')
    expect(pointsText({ value: 0.03, low: -0.012, high: 0.051 })).toBe('+3.0 percentage points (-1.2 to +5.1)')
  })
})

describe('the transfer profile as a chart', () => {
  it('has a place for every cut, a line with a band for each way, and the recommended cut marked', () => {
    const chart = profileChart(profile, candidates[2])
    expect(chart.places).toEqual(['stem', 'stage1', 'stage2', 'stage3', 'stage4'])
    expect(chart.mark).toEqual({ at: 3, text: 'recommended' })
    expect(chart.series.map(({ id, points, band }) => [id, points.length, band?.length])).toEqual([
      ['probe', 5, 5],
      ['allStages', 4, 4],
      ['neighbours', 5, 5],
    ])
  })

  it('marks the last stage where nothing is cut, and nothing where another network is recommended', () => {
    expect(profileChart(profile, candidates[0]).mark?.at).toBe(4)
    expect(profileChart(profile, candidates[3])).not.toHaveProperty('mark')
  })

  it('is spoken with names of stages and intervals', () => {
    const chart = profileChart(profile, candidates[2])
    expect(speakChart(chart, readChart(chart.series, 3))).toMatch(
      /^after stage3, recommended: head on this stage 84\.0% \(79 to 88%\), /,
    )
  })
})

it('the learning curve goes on from the last point that was measured', () => {
  const [measured, expected] = learningChart(curve).series
  expect(measured?.points.at(-1)).toEqual(expected?.points[0])
  expect(expected).toMatchObject({
    dashed: true,
    band: [
      [0.827, 0.904],
      [0.86, 0.93],
    ],
  })
})

it('candidates without a number come last, whichever way they are sorted', () => {
  const unknown = { ...candidates[0]!, id: 'unknown', accuracy: null }
  for (const descending of [true, false])
    expect(sortCandidates([unknown, ...candidates], { column: 'accuracy', descending }).at(-1)?.id).toBe('unknown')
  expect(sortCandidates(candidates, { column: 'seconds', descending: false })[0]?.title).toMatch(/^graftnet/)
})

describe('the drawing of the plane', () => {
  it('has few and similar images below on the left, and a cross as wide as the interval', () => {
    const { at, lineX, lineY, acrossX } = planeOf(position)
    expect(at.x).toBeLessThan(lineX)
    expect(at.y).toBeGreaterThan(lineY)
    expect(acrossX[0]).toBeLessThan(at.x)
    expect(acrossX[1]).toBeGreaterThan(at.x)
  })

  it('stays inside, whatever is measured', () => {
    const plane = planeOf({
      ...position,
      perClass: { smallest: 0, middle: 3, largest: 1_000_000 },
      similarity: { value: 0, low: 0, high: 1 },
    })
    const { width, height } = planeSize
    for (const x of [plane.at.x, ...plane.acrossX]) expect(x >= 0 && x <= width).toBe(true)
    for (const y of [plane.at.y, ...plane.acrossY]) expect(y >= 0 && y <= height).toBe(true)
  })
})
