/** A round of successive halving: how many folds its contenders are measured on, and how many of them go on. */
export interface Rung {
  readonly folds: number
  readonly keep: number
}

/**
 * Score of a candidate over the first so many folds, by which it is ranked; null while it has not been measured on all of
 * them.
 */
export type MeanOver = (candidate: number, folds: number) => number | null

/** Candidates that stay at least, so that there is a choice left to judge: the first one and two others. */
const fewest = 3

/**
 * Rounds for so many candidates: all on one fold, the better half on two, the better half of those on all folds. Folds
 * are what is halved by, not epochs or images: every training is a whole one, and none is repeated in the next round.
 */
export function rungsOf(candidates: number, folds: number): readonly Rung[] {
  const upTo = [...new Set([1, Math.min(2, folds), folds])]
  let contenders = candidates
  return upTo.map((count) => {
    contenders = Math.min(contenders, Math.max(fewest, Math.ceil(contenders / 2)))
    return { folds: count, keep: contenders }
  })
}

/**
 * The contenders of every round as far as the rounds before it are decided, in the order in which they are measured. The
 * first candidate is what the others have to beat, so it goes through all rounds.
 */
export function contendersOf(
  candidates: number,
  rungs: readonly Rung[],
  mean: MeanOver,
): readonly (readonly number[])[] {
  let contenders: readonly number[] = Array.from({ length: candidates }, (_, index) => index)
  return rungs.map(({ folds, keep }) => {
    const now = contenders
    const best = ranked(now, folds, mean)
    contenders = best.includes(0) ? [0, ...best.filter((other) => other !== 0).slice(0, keep - 1)] : best.slice(0, keep)
    return now
  })
}

/** The best first; of equals the cheaper one, which comes first among the candidates. Without those that have no mean. */
function ranked(candidates: readonly number[], folds: number, mean: MeanOver): readonly number[] {
  return candidates
    .map((candidate) => ({ candidate, score: mean(candidate, folds) }))
    .filter((item): item is { candidate: number; score: number } => item.score !== null)
    .toSorted((a, b) => b.score - a.score || a.candidate - b.candidate)
    .map(({ candidate }) => candidate)
}

export interface Standing {
  /** The best of those that were measured on most folds; null as long as none was measured. */
  readonly winner: number | null
  /** Rounds that some candidate has come through. */
  readonly rungs: number
}

/** Who would win now. */
export function standingOf(candidates: number, rungs: readonly Rung[], mean: MeanOver): Standing {
  const contenders = contendersOf(candidates, rungs, mean)
  for (let rung = rungs.length - 1; rung >= 0; rung--) {
    const [winner] = ranked(contenders[rung] ?? [], rungs[rung]?.folds ?? 1, mean)
    if (winner !== undefined) return { winner, rungs: rung + 1 }
  }
  return { winner: null, rungs: 0 }
}

export interface Step {
  readonly candidate: number
  readonly fold: number
}

/**
 * What to train next; null when all rounds are over. The first candidate comes first on all folds, which it needs anyway:
 * then it is known what a fold takes when the features are there. Candidates that `mayTrain` refuses are passed over, and fall behind
 * in the next round.
 */
export function nextStep(
  candidates: number,
  rungs: readonly Rung[],
  mean: MeanOver,
  isDone: (step: Step) => boolean,
  mayTrain: (candidate: number) => boolean,
): Step | null {
  const folds = Array.from({ length: rungs.at(-1)?.folds ?? 0 }, (_, index) => index + 1)
  const open = folds.find((fold) => !isDone({ candidate: 0, fold }))
  if (open !== undefined && mayTrain(0)) return { candidate: 0, fold: open }
  for (const [rung, contenders] of contendersOf(candidates, rungs, mean).entries())
    for (const candidate of contenders)
      for (let fold = 1; fold <= (rungs[rung]?.folds ?? 0); fold++)
        if (!isDone({ candidate, fold }) && mayTrain(candidate)) return { candidate, fold }
  return null
}
