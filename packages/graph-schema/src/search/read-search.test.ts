import { expect, it } from 'vitest'
import type { SearchDetail } from '../values/details/search.js'
import { readSearch } from './read-search.js'

const detail: SearchDetail = {
  ...{ kind: 'search', title: 'Search', folds: 3, count: 100, done: 4, planned: 6, winner: 0, seconds: 60, limit: 60 },
  metric: { name: 'accuracy', title: 'Accuracy', better: 'higher', format: 'percent' },
  trials: [
    {
      candidate: { network: 0, name: 'net', removed: 0, last: 'top', recipe: 'head', rate: null, augmentation: 'none' },
      ...{ status: 'winner', folds: 3, score: 0.9, interval: null, seconds: 1, parameters: null },
    },
  ],
  stopped: true,
  expected: { score: 0.8, interval: [0.7, 0.88], optimism: 0.02 },
}

it('luck is told of the score that it was reckoned from, also where the winner was measured on more folds since', () => {
  const words = { percent: (share: number) => `${(100 * share).toFixed(1)}%`, duration: String }
  expect(readSearch(detail, words).join(' ')).toContain(
    'By itself it shows 82.0%; 2.0 percentage points of that are the luck',
  )
})
