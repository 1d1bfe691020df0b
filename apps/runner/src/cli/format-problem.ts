import type { Problem } from '@graft/graph-schema'
import type { Colors } from '../text/colors.js'
import { harmless } from '../text/format-values.js'

/**
 * A problem as text: where and what on the first line, how to fix it on the next. What it quotes of files can't act on
 * the terminal.
 */
export function formatProblem(problem: Problem, colors: Colors): string {
  const paint = { error: colors.red, warning: colors.yellow, info: colors.cyan }[problem.severity]
  const where = [problem.node, problem.field].filter((part) => part !== undefined && part !== '').join('.')
  const first = `${paint(problem.severity)}${where === '' ? '' : ` ${colors.bold(harmless(where))}`}: ${harmless(problem.message)}`
  return problem.fix === '' ? first : `${first}\n  ${colors.dim('fix:')} ${harmless(problem.fix)}`
}
