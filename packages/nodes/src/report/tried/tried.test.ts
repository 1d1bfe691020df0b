import type { RepeatDetail, SearchDetail, SearchTrial } from '@graft/graph-schema'
import { expect, it } from 'vitest'
import { renderReport } from '../render-report.js'

const accuracy = { name: 'accuracy', title: 'Accuracy', better: 'higher', format: 'percent' } as const
const empty = { title: 'Tried', document: null, evaluations: [], trainings: [], thumbnails: new Map<string, string>() }

const repeat = (runs: number): RepeatDetail => ({
  ...{ kind: 'repeat', title: 'Repeated: 5 folds', split: 'test', folds: 5, seeds: 1, planned: 5, primary: 'accuracy' },
  metrics: [accuracy],
  runs: Array.from({ length: runs }, (_, index) => ({
    ...{ seed: 0, fold: index + 1, count: 20, seconds: 3, values: { accuracy: 0.8 + index / 50 } },
  })),
  spread: {
    accuracy: { mean: 0.84, deviation: 0.03, least: 0.8, most: 0.88, interval: runs < 2 ? null : [0.79, 0.89] },
  },
})

const trial = (name: string, changes: Partial<SearchTrial>): SearchTrial => ({
  candidate: { network: 0, name, removed: 0, last: 'stage5', recipe: 'head', rate: null, augmentation: 'none' },
  ...{ status: 'measured', folds: 5, score: 0.8, interval: [0.7, 0.88], seconds: 2, parameters: 1000 },
  ...changes,
})

const search: SearchDetail = {
  ...{ kind: 'search', title: 'Search among 3 candidates', metric: accuracy, folds: 5, count: 100, done: 11 },
  trials: [
    trial('one', {}),
    trial('two <script>', { status: 'winner', score: 0.9, seconds: 4, parameters: 4000 }),
    trial('three', { status: 'failed', folds: 0, score: Number.NaN, interval: null, problem: 'It breaks.' }),
  ],
  ...{ planned: 11, winner: 1, seconds: 60, limit: 600, stopped: false },
  expected: { score: 0.88, interval: [0.8, 0.94], optimism: 0.02 },
}

it('a search stands in the report: the winner, all trials, and accuracy against time and against size', () => {
  const page = renderReport({ ...empty, searches: [search] })
  expect(page).toContain('The winner is two &lt;script&gt;, head on the last stage.')
  expect(page).toContain('Accuracy against time to train and measure')
  expect(page).toContain('Accuracy against parameters of the network')
  expect(page.match(/class="point/g)).toHaveLength(4)
  expect(page.match(/class="point best"/g)).toHaveLength(2)
  expect(page).toContain('failed: It breaks.')
  expect(page).not.toContain('Nothing was evaluated')
})

it('repeated runs stand in the report, every one; one that was stopped after the first promises no more', () => {
  const page = renderReport({ ...empty, repeats: [repeat(5)] })
  expect(page).toContain('On average over 5 runs accuracy is 84.0%')
  expect(page.match(/<th scope="row">fold \d/g)).toHaveLength(5)
  const stopped = renderReport({ ...empty, repeats: [repeat(1)] })
  expect(stopped).toContain('One run says nothing of chance: it takes two at least.')
  expect(stopped).toContain('1 of 5 runs')
})
