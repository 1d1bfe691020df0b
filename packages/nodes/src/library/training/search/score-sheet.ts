import { meanOf } from '@graft/graph-schema'
import type { SearchCandidate } from '@graft/graph-schema'
import { z } from 'zod'
import { standardError } from '../../advice/statistics/estimate.js'
import type { ScoreTable } from './expected-score.js'
import type { Step } from './halving.js'

const trainedSchema = z.object({
  candidate: z.int(),
  fold: z.int(),
  /** Score of every image of the fold, by id. */
  scores: z.array(z.tuple([z.string(), z.number()])),
  seconds: z.number(),
  parameters: z.number(),
})
/** What came of training a candidate on all folds but one. */
export type Trained = z.output<typeof trainedSchema>

const stateSchema = z.object({
  /** What the candidates were, by number. */
  candidates: z.array(z.string()),
  trained: z.array(trainedSchema),
  problems: z.array(z.tuple([z.int(), z.string()])),
  /** What the search has taken, in all processes. */
  seconds: z.number(),
})

function stateOf(text: string): z.output<typeof stateSchema> | null {
  try {
    return stateSchema.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

/** All that a search has found out, by candidate and fold; it goes on from there after an interruption. */
export class ScoreSheet {
  private readonly trained = new Map<string, Trained>()
  /** Why candidates can't be trained. */
  readonly problems = new Map<number, string>()

  constructor(private readonly candidates: readonly SearchCandidate[]) {}

  /**
   * Reads what was kept, and what it had taken; nothing where it can't be read. Numbers that stand for another candidate
   * now are left out: a newer version may try them in another order.
   */
  static read(
    bytes: Uint8Array | null,
    candidates: readonly SearchCandidate[],
  ): { readonly sheet: ScoreSheet; readonly seconds: number } {
    const sheet = new ScoreSheet(candidates)
    const state = bytes === null ? null : stateOf(new TextDecoder().decode(bytes))
    if (state === null) return { sheet, seconds: 0 }
    const now = sheet.candidates.map(descriptionOf)
    const isSame = (index: number): boolean => now[index] !== undefined && now[index] === state.candidates[index]
    for (const item of state.trained) if (isSame(item.candidate)) sheet.add(item)
    for (const [candidate, problem] of state.problems) if (isSame(candidate)) sheet.problems.set(candidate, problem)
    return { sheet, seconds: state.seconds }
  }

  write(seconds: number): Uint8Array {
    const candidates = this.candidates.map(descriptionOf)
    const state: z.input<typeof stateSchema> = {
      ...{ candidates, seconds },
      ...{ trained: this.all, problems: [...this.problems] },
    }
    return new TextEncoder().encode(JSON.stringify(state))
  }

  add(item: Trained): void {
    this.trained.set(keyOf(item), item)
  }

  get all(): Trained[] {
    return [...this.trained.values()]
  }

  of(candidate: number): readonly Trained[] {
    return this.all.filter((item) => item.candidate === candidate)
  }

  isDone(step: Step): boolean {
    return this.trained.has(keyOf(step)) || this.problems.has(step.candidate)
  }

  /** Mean score over the images of the first so many folds; null while one of them is missing. */
  mean(candidate: number, folds: number): number | null {
    if (this.problems.has(candidate)) return null
    const scores: number[] = []
    for (let fold = 1; fold <= folds; fold++) {
      const item = this.trained.get(keyOf({ candidate, fold }))
      if (item === undefined) return null
      for (const [, score] of item.scores) scores.push(score)
    }
    return scores.length === 0 ? null : meanOf(scores)
  }

  /** The mean less what the candidate has to be ahead of the first by: what candidates are ranked by. */
  standing(candidate: number, folds: number): number | null {
    const mean = this.mean(candidate, folds)
    return mean === null ? null : mean - this.handicap(candidate, folds)
  }

  /**
   * A part of the standard error of the difference to the first candidate, on the same images: to take whatever comes out
   * best of many is luck with few images.
   */
  handicap(candidate: number, folds: number): number {
    const first = new Map(this.scoresOf(0, folds))
    const differences = this.scoresOf(candidate, folds).flatMap(([id, score]) => {
      const other = first.get(id)
      return other === undefined ? [] : [score - other]
    })
    return candidate === 0 || differences.length === 0 ? 0 : margin * standardError(differences)
  }

  private scoresOf(candidate: number, folds: number): readonly (readonly [string, number])[] {
    return this.of(candidate).flatMap(({ fold, scores }) => (fold <= folds ? scores : []))
  }

  /** Scores by image, for the statistics at the end. */
  table(candidates: number): ScoreTable {
    const rows = new Map<string, number>()
    const folds: number[] = []
    for (const { fold, scores } of this.all)
      for (const [id] of scores)
        if (!rows.has(id)) {
          rows.set(id, folds.length)
          folds.push(fold)
        }
    const scores = Array.from({ length: candidates }, (_, candidate) => {
      const own = new Float64Array(folds.length).fill(Number.NaN)
      for (const item of this.of(candidate)) for (const [id, score] of item.scores) own[rows.get(id) ?? 0] = score
      return own
    })
    return { folds, scores }
  }
}

/** Of a standard error, as the advisor's: to leave what does best elsewhere for less is luck more often than not. */
const margin = 1

const keyOf = ({ candidate, fold }: Step): string => `${candidate} ${fold}`

/** All of a candidate, in an order that doesn't hang on how it was made. */
const descriptionOf = ({ network, name, removed, last, recipe, rate, augmentation, images }: SearchCandidate): string =>
  JSON.stringify([network, name, removed, last, recipe, rate, augmentation, ...(images === undefined ? [] : [images])])
