import { wilsonInterval } from '@graft/engines'
import { meanOf, pairedMeanInterval } from '@graft/graph-schema'
import { variancePerPicture } from '../../advice/statistics/estimate.js'

/**
 * 95% interval of the mean score per image. As the advisor's: wider than by counting images, since heads of different
 * folds learn from mostly the same. Wilson's where answers are right or wrong, and where all scores are the same; Student's
 * of the mean where answers may be partly right.
 * @param several whether an image may be of several classes, so that an answer may be partly right
 * @param around what the interval is of, where that isn't the mean of the scores itself
 */
export function scoreInterval(
  scores: readonly number[],
  several: boolean,
  around: number = meanOf(scores),
): readonly [number, number] {
  const counted = scores.length / variancePerPicture
  if (!several || new Set(scores).size < 2) return wilsonInterval(around * counted, counted)
  const [mean, [below, above]] = [meanOf(scores), pairedMeanInterval(scores)]
  const factor = Math.sqrt(variancePerPicture)
  return [Math.max(0, around - factor * (mean - below)), Math.min(1, around + factor * (above - mean))]
}
