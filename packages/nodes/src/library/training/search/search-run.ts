import { isGraftError, reasonOf } from '@graft/errors'
import {
  answersOf,
  describeCandidate,
  isEvaluation,
  metricsValueSchema,
  testReaders,
  trialOf,
} from '@graft/graph-schema'
import type { MetricsValue, SearchCandidate, SearchDetail, Trial } from '@graft/graph-schema'
import { countParameters } from '@graft/network'
import type { DerivedResult, DerivedRuns } from '../../../sdk/derived-runs.js'
import { readDetail, storeDetail } from '../../../sdk/metrics-detail.js'
import type { NodeContext } from '../../../sdk/node-context.js'
import { NodeError } from '../../../sdk/node-error.js'
import { progressOf } from '../../../sdk/progress.js'
import type { ModelValue } from '../../../sdk/values.js'
import { Budget } from './budget.js'
import { describeSearch, plannedOf, scoreMetric } from './describe-search.js'
import { expectedScore } from './expected-score.js'
import { expectedSeconds, secondsToGo } from './expected-seconds.js'
import { nextStep, rungsOf, standingOf } from './halving.js'
import type { Step } from './halving.js'
import { ScoreSheet } from './score-sheet.js'
import type { Trained } from './score-sheet.js'
import type { SearchParams } from './search-params.js'

export interface SearchOptions {
  readonly candidates: readonly SearchCandidate[]
  readonly params: SearchParams
  /** Whether an image may be of several classes. */
  readonly several: boolean
  readonly task: string
  readonly context: NodeContext
  readonly runs: DerivedRuns
}

/** One search: trains what the rounds ask for, keeps what came of it, and trains the winner at the end. */
export class Search {
  private sheet: ScoreSheet
  private readonly rungs
  private readonly budget: Budget
  /** Candidates that there was no time for. */
  private readonly late = new Set<number>()

  constructor(private readonly options: SearchOptions) {
    this.sheet = new ScoreSheet(options.candidates)
    this.rungs = rungsOf(options.candidates.length, options.params.folds)
    this.budget = new Budget(options.params.minutes === 0 ? null : options.params.minutes * 60)
  }

  async run(): Promise<{ readonly model: ModelValue; readonly metrics: MetricsValue }> {
    const { context, candidates } = this.options
    const kept = ScoreSheet.read((await context.checkpoints?.load()) ?? null, candidates)
    this.sheet = kept.sheet
    this.budget.goOn(kept.seconds)
    const progress = progressOf(context, 'trainings')
    for (let step = this.next(); step !== null; step = this.next()) {
      progress(this.sheet.all.length, Math.max(plannedOf(candidates.length, this.rungs), this.sheet.all.length))
      await this.show(step)
      await this.take(step)
      await context.checkpoints?.save(this.sheet.write(this.budget.seconds))
    }
    const winner = this.standing.winner ?? this.giveUp()
    const model = await this.trainWinner(winner)
    const detail = this.describe(null, winner, this.expected())
    this.say(detail)
    return { model, metrics: await this.toMetrics(detail) }
  }

  private expected(): ReturnType<typeof expectedScore> {
    const { candidates, params, several } = this.options
    const handicap = (candidate: number, folds: number): number => this.sheet.handicap(candidate, folds)
    return expectedScore(this.sheet.table(candidates.length), this.rungs, { seed: params.seed, several, handicap })
  }

  private get standing(): ReturnType<typeof standingOf> {
    return standingOf(this.options.candidates.length, this.rungs, (candidate, folds) =>
      this.sheet.standing(candidate, folds),
    )
  }

  private next(): Step | null {
    const winner = this.standing.winner
    return nextStep(
      this.options.candidates.length,
      this.rungs,
      (candidate, folds) => this.sheet.standing(candidate, folds),
      (step) => this.sheet.isDone(step),
      (candidate) => {
        const hasTime = winner === null || this.hasTimeFor(candidate, winner)
        if (hasTime) this.late.delete(candidate)
        else this.late.add(candidate)
        return hasTime
      },
    )
  }

  /**
   * A candidate is begun where there is time to compare it, with those that are ahead and with the first one, and to train
   * the winner; one that is begun goes on as long as the winner can still be trained.
   */
  private hasTimeFor(candidate: number, winner: number): boolean {
    const { candidates, params } = this.options
    const times = { candidates, params, sheet: this.sheet }
    const winning = expectedSeconds(winner, times)
    if (this.sheet.of(candidate).length > 0) return this.budget.left > expectedSeconds(candidate, times) + winning
    const others = [...new Set([0, winner])].reduce((sum, other) => sum + secondsToGo(other, times), 0)
    return this.budget.left > secondsToGo(candidate, times) + others + winning
  }

  private async take(step: Step): Promise<void> {
    const { candidates, context } = this.options
    const candidate = candidates[step.candidate]
    if (candidate === undefined) return
    try {
      const trial = this.trialOf(candidate, step.fold)
      // The first one is trained whatever it takes: else there would be no winner at all.
      const stop = this.standing.winner === null ? undefined : this.budget.signal()
      const result = await this.options.runs.run(
        trial.document,
        [trial.model.node, ...(trial.metrics === undefined ? [] : [trial.metrics.node])],
        stop === undefined ? {} : { signal: stop },
      )
      this.sheet.add({ ...step, ...(await this.read(trial, result)) })
    } catch (error) {
      if (context.signal.aborted) throw error
      if (error instanceof Error && error.name === 'TimeoutError') this.late.add(step.candidate)
      else if (isGraftError(error)) this.fail(step.candidate, reasonOf(error))
      else throw error
    }
  }

  private fail(candidate: number, problem: string): void {
    const { candidates, context } = this.options
    this.sheet.problems.set(candidate, problem)
    const name = candidates[candidate] === undefined ? '' : describeCandidate(candidates[candidate])
    context.emit({ type: 'log', level: 'warning', message: `${name} can't be trained: ${problem}` })
  }

  /** The graph of a trial; one that a test image could reach is refused. */
  private trialOf(candidate: SearchCandidate, fold: number | null): Trial {
    const { runs, context, params } = this.options
    const trial = trialOf(runs.document, context.nodeId, candidate, params, fold)
    if (trial === null)
      throw new NodeError('models', 'The networks or the training images are not connected.', 'Connect both.')
    const [reader] = testReaders(trial.document, runs.manifests)
    if (reader === undefined) return trial
    throw new NodeError(
      'models',
      `Test images reach a network through "${reader}", so a search would choose by them.`,
      'Wire networks and training images that do not depend on test images.',
    )
  }

  private async read(
    { model, metrics, own }: Trial,
    { outputs, milliseconds }: DerivedResult,
  ): Promise<Omit<Trained, keyof Step>> {
    const value = metricsValueSchema.parse(outputs[metrics?.node ?? '']?.[metrics?.port ?? ''])
    const detail = await readDetail(value, this.options.context.store)
    if (!isEvaluation(detail)) throw new Error(`A trial was measured by a detail of kind "${detail.kind}".`)
    const trained = outputs[model.node]?.[model.port] as ModelValue
    return {
      scores: answersOf(detail).map(({ id, score }): [string, number] => [id, score]),
      seconds: own.reduce((sum, id) => sum + (milliseconds[id] ?? 0), 0) / 1000,
      parameters: countParameters(trained.network).total,
    }
  }

  private async trainWinner(winner: number): Promise<ModelValue> {
    const candidate = this.options.candidates[winner] as SearchCandidate
    const { document, model } = this.trialOf(candidate, null)
    const { outputs } = await this.options.runs.run(document, [model.node])
    return outputs[model.node]?.[model.port] as ModelValue
  }

  /** Nothing could be trained: the first reason is the search's own. */
  private giveUp(): never {
    const [problem = 'there was no time'] = this.sheet.problems.values()
    throw new NodeError(
      null,
      `None of the candidates could be trained: ${problem}`,
      'Search among fewer recipes, or train one by hand to see more.',
    )
  }

  private describe(
    running: Step | null,
    winner: number | null,
    expected: ReturnType<typeof expectedScore>,
  ): SearchDetail {
    const { candidates, several, params } = this.options
    const settings = { epochs: params.epochs, seed: params.seed }
    const { rungs, sheet, late } = this
    const { seconds, limit } = this.budget
    return describeSearch({
      candidates,
      rungs,
      sheet,
      several,
      settings,
      seconds,
      limit,
      running,
      late,
      winner,
      expected,
    })
  }

  private async show(step: Step): Promise<void> {
    const { context } = this.options
    const detail = await storeDetail(this.describe(step, this.standing.winner, null), context.store, 'search.json')
    context.emit({ type: 'interim', detail })
  }

  private async toMetrics(detail: SearchDetail): Promise<MetricsValue> {
    const { context, several, task } = this.options
    const metric = scoreMetric(several)
    const apparent = detail.winner === null ? Number.NaN : (detail.trials[detail.winner]?.score ?? Number.NaN)
    return {
      ...{ kind: 'metrics', task, split: 'val', count: detail.count },
      ...{ primary: metric.name, metrics: [metric] },
      values: { [metric.name]: detail.expected?.score ?? apparent },
      detail: await storeDetail(detail, context.store, 'search.json'),
    }
  }

  private say({ trials, winner, expected }: SearchDetail): void {
    const best = winner === null ? undefined : trials[winner]
    if (best === undefined) return
    const percent = (share: number): string => `${(100 * share).toFixed(1)}%`
    // What luck is reckoned from: on the folds that the last contenders have in common.
    const shown = expected === null ? best.score : expected.score + expected.optimism
    const luck =
      expected === null
        ? ''
        : ` On new images expect ${percent(expected.score)} (95% interval ${percent(expected.interval[0])} to ${percent(expected.interval[1])}).${expected.optimism <= 0.0005 ? '' : ` The score above is ${(100 * expected.optimism).toFixed(1)} percentage points higher, for the luck of being the best of ${trials.length}.`}`
    this.options.context.emit({
      type: 'log',
      level: 'info',
      message: `Best of ${trials.length}: ${describeCandidate(best.candidate)}, ${percent(shown)} by cross-validation.${luck}`,
    })
  }
}
