import { describeCandidate, titleInText } from '@graft/graph-schema'
import type { SearchDetail, TrialStatus } from '@graft/graph-schema'
import { counted, duration, percent } from '../../ui/format.js'

/** How it stands with a candidate, in a word or two. */
export const statusTexts: Readonly<Record<TrialStatus, string>> = {
  waiting: 'waits',
  running: 'trains now',
  dropped: 'dropped',
  measured: 'measured',
  failed: 'failed',
  'no time': 'no time left',
  winner: 'winner',
}

/** What a search found, in sentences: the winner, what to expect of it and how much was luck, and what ended it. */
export function readSearch(detail: SearchDetail): readonly string[] {
  const { winner, trials, expected, metric, seconds, limit, stopped, done, planned } = detail
  const best = winner === null ? undefined : trials[winner]
  const name = titleInText(metric)
  const isOver = best?.status === 'winner'
  return [
    ...(best === undefined
      ? ['Nothing has been measured yet.']
      : [`${isOver ? 'The winner is' : 'So far the best is'} ${describeCandidate(best.candidate)}.`]),
    ...(best === undefined || expected !== null
      ? []
      : [
          `Its ${name} is ${percent(best.score)} on images that it had not seen${isOver ? '' : '; what of that is luck is told at the end'}.`,
        ]),
    ...(best === undefined || expected === null
      ? []
      : [
          `Expect ${percent(expected.score)} on new images (95% interval ${percent(expected.interval[0])} to ${percent(expected.interval[1])}). By itself it shows ${percent(best.score)}; ${optimismText(expected.optimism)} the luck of being the best of ${trials.length}.`,
          'No candidate has seen a test image: Evaluate behind this node gives the number to trust.',
        ]),
    `${counted(done, 'training')} of at most ${planned} in ${duration(seconds)}${limit === null ? '' : ` of ${duration(limit)}`}.${stopped ? ' There was no time for all of them: with more, something better may be found.' : ''}`,
  ]
}

const optimismText = (optimism: number): string =>
  optimism <= 0.0005 ? 'none of that is' : `${(100 * optimism).toFixed(1)} percentage points of that are`
