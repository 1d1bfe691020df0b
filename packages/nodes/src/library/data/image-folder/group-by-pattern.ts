import { runInNewContext } from 'node:vm'
import { textOf } from '@graft/errors'
import type { NodeContext } from '../../../sdk/node-context.js'
import { NodeError } from '../../../sdk/node-error.js'

const timeLimit = 2000

/** Why a text is not a usable regular expression; null when it is one. */
export function patternProblem(pattern: string): string | null {
  try {
    new RegExp(pattern, 'u')
    return null
  } catch (error) {
    return textOf(error)
  }
}

/**
 * The group of every file name: what the pattern's first parenthesis captures, or all that it matches; undefined where
 * it doesn't match. The pattern comes from a document, so it runs with a time limit. Throws a NodeError for field
 * `groupBy` when it is not a regular expression or takes too long.
 */
function groupByPattern(names: readonly string[], pattern: string): readonly (string | undefined)[] {
  const problem = patternProblem(pattern)
  if (problem !== null)
    throw new NodeError(
      'groupBy',
      `"${pattern}" is not a regular expression: ${problem}.`,
      'For names like "person12_03.jpg" use: ^([^_]+)_',
    )
  try {
    const code =
      'JSON.stringify(names.map((name) => { const match = expression.exec(name); return match ? match[1] ?? match[0] : null }))'
    const json = String(
      runInNewContext(
        `const expression = new RegExp(pattern, 'u'); ${code}`,
        { names: [...names], pattern },
        { timeout: timeLimit },
      ),
    )
    return (JSON.parse(json) as readonly (string | null)[]).map((group) => group ?? undefined)
  } catch {
    throw new NodeError(
      'groupBy',
      `Matching ${names.length} file names with "${pattern}" took more than ${timeLimit / 1000} s.`,
      'Use a simpler pattern, without repetitions inside repetitions.',
    )
  }
}

const namesShown = 3

/**
 * Groups as `groupByPattern`, for a person who expects that they matter: warns of names that the pattern doesn't match
 * (each of these images goes its own way when split), and throws a NodeError when it matches none.
 */
export function groupsOf(
  names: readonly string[],
  pattern: string,
  { emit }: Pick<NodeContext, 'emit'>,
): readonly (string | undefined)[] {
  const groups = groupByPattern(names, pattern)
  const missed = names.filter((_, index) => groups[index] === undefined)
  const examples = missed.slice(0, namesShown).join(', ')
  if (names.length > 0 && missed.length === names.length)
    throw new NodeError(
      'groupBy',
      `"${pattern}" matches none of the ${names.length} file names (${examples}), so nothing would be kept together.`,
      'Write a pattern for the name of the file, without its folder; for names like "person12_03.jpg": ^([^_]+)_',
    )
  if (missed.length > 0)
    emit({
      type: 'log',
      level: 'warning',
      message: `"Group by" matches ${names.length - missed.length} of ${names.length} file names; the other ${missed.length} are not kept together with any (${examples}${missed.length > namesShown ? ', ...' : ''}).`,
    })
  return groups
}
