import type { AdviceValue } from '@graft/graph-schema'
import type { Colors } from '../text/colors.js'
import { oneLine } from '../text/format-values.js'

/** Advice for a terminal: the answer first, then why, what was noticed, and what can't be known. */
export function adviceLines(advice: AdviceValue, colors: Colors): readonly string[] {
  const { recommendation, curve, findings, unknowns, textbook } = advice
  return [
    ...part('What to do', [recommendation.words, ...recommendation.why], colors),
    ...part(
      'What it was compared with',
      recommendation.comparedWith.map(({ words }) => words),
      colors,
    ),
    ...part(
      'More images',
      [...(curve?.promise ? [curve.promise.words] : []), ...(curve?.neediest ?? []).map(({ words }) => words)],
      colors,
    ),
    ...part(
      'What was noticed',
      findings.map(({ title, fix, groups }) => `${title}. ${fix}${example(groups)}`),
      colors,
    ),
    ...part('What the textbook says', textbook === null ? [] : [textbook.words], colors),
    ...part('Not measured', recommendation.notMeasured, colors),
    ...part(
      "What can't be known from these images",
      unknowns.map(({ words }) => words),
      colors,
    ),
  ]
}

function part(title: string, lines: readonly string[], colors: Colors): readonly string[] {
  if (lines.length === 0) return []
  return [colors.bold(title), ...lines.map((line) => `  ${oneLine(line)}`), '']
}

function example(groups: AdviceValue['findings'][number]['groups']): string {
  const [first] = groups
  return first === undefined ? '' : ` For example ${first.map(({ id }) => id).join(' and ')}.`
}
