import type { SearchCandidate } from '@graft/graph-schema'
import { expect, it } from 'vitest'
import { ScoreSheet } from './score-sheet.js'

const candidate = (recipe: SearchCandidate['recipe']): SearchCandidate => ({
  ...{ network: 0, name: 'net', removed: 0, last: 'stage5', recipe, rate: null, augmentation: 'none' },
})

it('begins anew where what was kept can not be read', () => {
  for (const text of ['{"trained": [', '{}', 'null']) {
    const { sheet, seconds } = ScoreSheet.read(new TextEncoder().encode(text), [])
    expect([sheet.all, seconds]).toEqual([[], 0])
  }
})

it('gives no scores to another candidate where a newer version tries them in another order', () => {
  const [stages, squares, head] = [candidate('stages'), candidate('leastSquares'), candidate('head')]
  const sheet = new ScoreSheet([squares, stages, head])
  for (const index of [0, 2])
    sheet.add({ candidate: index, fold: 1, scores: [['a', index]], seconds: 1, parameters: 10 })
  sheet.problems.set(1, 'It breaks.')
  const kept = sheet.write(7)
  const same = ScoreSheet.read(kept, [squares, stages, head])
  expect([same.sheet.all, [...same.sheet.problems], same.seconds]).toEqual([sheet.all, [...sheet.problems], 7])
  const other = ScoreSheet.read(kept, [stages, squares, head]).sheet
  expect([other.all.map((item) => item.candidate), [...other.problems]]).toEqual([[2], []])
  expect(ScoreSheet.read(kept, [squares]).sheet.all.map((item) => item.candidate)).toEqual([0])
})
