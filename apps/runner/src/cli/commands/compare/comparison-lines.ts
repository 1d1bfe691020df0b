import { scoreList, titleInText, verdictOnDifference } from '@graft/graph-schema'
import type { EvaluationDetail, PairedResult, SharedEvaluation } from '@graft/graph-schema'
import type { Colors } from '../../../text/colors.js'
import { formatScore } from '../../../text/format-values.js'

/** What two runs have in common and apart, for people. */
export function comparisonLines(
  { split, first, second }: SharedEvaluation,
  result: PairedResult,
  names: readonly [string, string],
  colors: Colors,
): string[] {
  const line = (letter: string, name: string, detail: EvaluationDetail): string =>
    `${colors.bold(letter)}  ${name}  ${scoresOf(detail)}`
  const measure = result.graded ? 'F1 of the classes of an image, on average' : 'share of right answers'
  return [
    line('A', names[0], first),
    line('B', names[1], second),
    '',
    `${result.count} ${split} images were seen by both${result.unpaired === 0 ? '' : `; ${result.unpaired} that only one saw, or that have another class now, don't count`}.`,
    verdictOnDifference(result, ['A', 'B']).text,
    ...(result.count === 0
      ? []
      : [
          `B less A: ${points(result.difference)} percentage points (${measure}; 95% interval ${points(result.interval[0])} to ${points(result.interval[1])}).`,
        ]),
  ]
}

const scoresOf = ({ scores }: EvaluationDetail): string =>
  scoreList(scores)
    .slice(0, 3)
    .map((score) => `${titleInText(score)} ${formatScore(score, score.value)}`)
    .join(', ')

const points = (share: number): string => `${share < 0 ? '−' : '+'}${Math.abs(100 * share).toFixed(1)}`
