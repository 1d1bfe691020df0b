import type { SearchDetail, SearchTrial, TrialStatus } from '../values/details/search.js'
import { titleInText } from '../values/scores.js'
import { describeCandidate } from './candidate.js'

/** How it stands with a candidate, in a word or two. */
export const trialStatusTexts: Readonly<Record<TrialStatus, string>> = {
  waiting: 'waits',
  running: 'in training',
  dropped: 'dropped',
  measured: 'measured',
  failed: 'failed',
  'no time': 'no time left',
  winner: 'winner',
}

/** How numbers are written where the sentences are shown. */
export interface SearchWords {
  percent(share: number): string
  duration(seconds: number): string
}

/** What a search found, in sentences: the winner, what to expect of it and how much was luck, and what ended it. */
export function readSearch(detail: SearchDetail, words: SearchWords): readonly string[] {
  const { winner, trials } = detail
  const best = winner === null ? undefined : trials[winner]
  return [
    ...(best === undefined ? ['Nothing has been measured yet.'] : onBest(best, detail, words)),
    onEnd(detail, words),
  ]
}

function onBest(best: SearchTrial, { expected, metric, trials }: SearchDetail, { percent }: SearchWords): string[] {
  const isOver = best.status === 'winner'
  const name = `${isOver ? 'The winner is' : 'So far the best is'} ${describeCandidate(best.candidate)}.`
  if (expected === null)
    return [
      name,
      `Its ${titleInText(metric)} is ${percent(best.score)} on images that it had not seen${isOver ? '' : '; what of that is luck is told at the end'}.`,
    ]
  return [
    name,
    `Expect ${percent(expected.score)} on new images (95% interval ${percent(expected.interval[0])} to ${percent(expected.interval[1])}). By itself it shows ${percent(expected.score + expected.optimism)}; ${optimismText(expected.optimism)} the luck of being the best of ${trials.length}.`,
    'No candidate has seen a test image: Evaluate behind this node gives the number to trust.',
  ]
}

function onEnd({ done, planned, seconds, limit, stopped }: SearchDetail, { duration }: SearchWords): string {
  const left = stopped ? ' There was no time for all of them: with more, something better may be found.' : ''
  return `${done} ${done === 1 ? 'training' : 'trainings'} of at most ${planned} in ${duration(seconds)}${limit === null ? '' : ` of ${duration(limit)}`}.${left}`
}

const optimismText = (optimism: number): string =>
  optimism <= 0.0005 ? 'none of that is' : `${(100 * optimism).toFixed(1)} percentage points of that are`

/** Trials in the order of a table: those measured on most folds first, of these the best. */
export const rankedTrials = ({
  trials,
}: Pick<SearchDetail, 'trials'>): readonly { readonly trial: SearchTrial; readonly index: number }[] =>
  trials.map((trial, index) => ({ trial, index })).toSorted((a, b) => order(a.trial, b.trial))

const order = (a: SearchTrial, b: SearchTrial): number =>
  b.folds - a.folds || (Number.isNaN(b.score) ? 0 : b.score) - (Number.isNaN(a.score) ? 0 : a.score)
