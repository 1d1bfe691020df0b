import { meanOf } from '@graft/graph-schema'
import type { MetricDescription, SearchCandidate, SearchDetail, SearchTrial, TrialStatus } from '@graft/graph-schema'
import type { Expected } from './expected-score.js'
import { contendersOf } from './halving.js'
import type { Rung, Step } from './halving.js'
import { scoreInterval } from './score-interval.js'
import type { ScoreSheet } from './score-sheet.js'

/** What the score of an image is, by whether it may be of several classes. */
export const scoreMetric = (several: boolean): MetricDescription =>
  several
    ? {
        ...{ name: 'imageF1', title: 'Mean F1 per image', better: 'higher', format: 'percent' },
        note: 'F1 of the classes of an image, mean of all images',
      }
    : { name: 'accuracy', title: 'Accuracy', better: 'higher', format: 'percent' }

export interface SearchState {
  readonly candidates: readonly SearchCandidate[]
  readonly rungs: readonly Rung[]
  readonly sheet: ScoreSheet
  readonly several: boolean
  readonly settings: NonNullable<SearchDetail['settings']>
  readonly seconds: number
  readonly limit: number | null
  /** What is trained now; null: nothing any more. */
  readonly running: Step | null
  /** Candidates that there was no time for. */
  readonly late: ReadonlySet<number>
  readonly winner: number | null
  readonly expected: Expected | null
}

/** What a search has found so far, for people. */
export function describeSearch(state: SearchState): SearchDetail {
  const { candidates, rungs, sheet, several, settings, seconds, limit, late, winner, expected } = state
  const trials = candidates.map((candidate, index) => describeTrial(state, candidate, index))
  return {
    kind: 'search',
    title: `Search among ${candidates.length} candidates`,
    metric: scoreMetric(several),
    folds: rungs.at(-1)?.folds ?? 2,
    settings,
    count: winner === null ? 0 : sheet.of(winner).reduce((sum, { scores }) => sum + scores.length, 0),
    trials,
    done: sheet.all.length,
    planned: plannedOf(candidates.length, rungs),
    winner,
    seconds,
    limit,
    stopped: late.size > 0,
    expected,
  }
}

/** Trainings without a limit of time. */
export function plannedOf(candidates: number, rungs: readonly Rung[]): number {
  let contenders = candidates
  let [planned, before] = [0, 0]
  for (const { folds, keep } of rungs) {
    planned += contenders * (folds - before)
    before = folds
    contenders = keep
  }
  return planned
}

function describeTrial(state: SearchState, candidate: SearchCandidate, index: number): SearchTrial {
  const trained = state.sheet.of(index)
  const scores = trained.flatMap((item) => item.scores.map(([, score]) => score))
  const problem = state.sheet.problems.get(index)
  return {
    candidate,
    status: statusOf(state, index),
    folds: trained.length,
    score: meanOf(scores),
    interval: scores.length === 0 ? null : scoreInterval(scores, state.several),
    seconds: meanOf(trained.map(({ seconds }) => seconds)),
    parameters: trained[0]?.parameters ?? null,
    ...(problem === undefined ? {} : { problem }),
  }
}

function statusOf({ candidates, rungs, sheet, running, late, winner }: SearchState, index: number): TrialStatus {
  if (sheet.problems.has(index)) return 'failed'
  if (winner === index && running === null) return 'winner'
  if (running?.candidate === index) return 'running'
  const trained = sheet.of(index).length
  if (late.has(index)) return trained === 0 ? 'no time' : 'measured'
  if (trained === 0) return 'waiting'
  if (trained === rungs.at(-1)?.folds) return 'measured'
  const mean = (candidate: number, folds: number): number | null => sheet.standing(candidate, folds)
  const contenders = contendersOf(candidates.length, rungs, mean)
  const open = rungs.findIndex(({ folds }) => folds > trained)
  // A round whose contenders are decided left those out that are not among them.
  const isDecided = contenders[open - 1]?.every(
    (other) => sheet.isDone({ candidate: other, fold: rungs[open - 1]?.folds ?? 1 }) || late.has(other),
  )
  return isDecided && !contenders[open]?.includes(index) ? 'dropped' : 'waiting'
}
