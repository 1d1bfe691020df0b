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
  /**
   * The best in the last round that two came through, so that they are compared on the same images; else the one that was
   * measured on most folds. Null as long as none was.
   */
  readonly winner: number | null
  /** Rounds that some candidate has come through. */
  readonly rungs: number
}

/** Who would win now. */
export function standingOf(candidates: number, rungs: readonly Rung[], mean: MeanOver): Standing {
  const contenders = contendersOf(candidates, rungs, mean)
  const rounds = rungs.map(({ folds }, rung) => ranked(contenders[rung] ?? [], folds, mean))
  const compared = rounds.findLastIndex((round) => round.length > 1)
  const last = compared < 0 ? rounds.findLastIndex((round) => round.length > 0) : compared
  return { winner: rounds[last]?.[0] ?? null, rungs: last + 1 }
}

export interface Step {
  readonly candidate: number
  readonly fold: number
}

/**
 * What to train next; null when all rounds are over. The first candidate comes first, on two folds: then it is known what
 * a fold takes when the features are there. Candidates that `mayTrain` refuses are passed over, and fall behind
 * in the next round.
 */
export function nextStep(
  candidates: number,
  rungs: readonly Rung[],
  mean: MeanOver,
  isDone: (step: Step) => boolean,
  mayTrain: (candidate: number) => boolean,
): Step | null {
  const open = [1, Math.min(2, rungs.at(-1)?.folds ?? 1)].find((fold) => !isDone({ candidate: 0, fold }))
  if (open !== undefined && mayTrain(0)) return { candidate: 0, fold: open }
  for (const [rung, contenders] of contendersOf(candidates, rungs, mean).entries())
    for (const candidate of contenders)
      for (let fold = 1; fold <= (rungs[rung]?.folds ?? 0); fold++)
        if (!isDone({ candidate, fold }) && mayTrain(candidate)) return { candidate, fold }
  return null
}
