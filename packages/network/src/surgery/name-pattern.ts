import { textOf } from '@graft/errors'
import { NetworkError } from '../network-error.js'

const maximumLength = 200
const maximumRepeats = 3

/** Says whether a layer matches, by its name and by its name with its stage in front. */
export type NameTest = (name: string, qualified: string) => boolean

/**
 * Compiles a pattern over layer names. A glob knows `*` (any run of characters) and `?` (one character) and must match
 * the whole name, or the whole `stage.layer`. Text between slashes is a regular expression found anywhere in the name.
 * @throws NetworkError when the pattern is too long, not a regular expression, or one that could take exponential time
 */
export function compilePattern(pattern: string): NameTest {
  if (pattern.length > maximumLength)
    throw new NetworkError(
      `The pattern has ${pattern.length} characters; at most ${maximumLength} are allowed.`,
      'Use a shorter one, or several operations in a row.',
    )
  if (pattern.length < 2 || !pattern.startsWith('/') || !pattern.endsWith('/'))
    return (name, qualified) => matchesGlob(pattern, name) || matchesGlob(pattern, qualified)
  const expression = compileExpression(pattern, pattern.slice(1, -1))
  return (name) => expression.test(name)
}

function compileExpression(pattern: string, source: string): RegExp {
  const plain = source.replace(/\\[^\d]/g, '_').replace(/\[[^\]]*\]/g, '_')
  const repeats = plain.match(/[*+]|\{\d+,?\d*\}/g)?.length ?? 0
  if (/\)[*+{]/.test(plain) || /\\\d/.test(plain) || repeats > maximumRepeats) {
    throw new NetworkError(
      `The pattern ${pattern} could take very long to match. Repeated groups and back references are not allowed, nor more than ${maximumRepeats} repeats (*, +, {n}).`,
      'Use a simpler expression or a glob such as "stage4.*".',
    )
  }
  try {
    return new RegExp(source)
  } catch (error) {
    throw new NetworkError(
      `The pattern ${pattern} is not a regular expression: ${textOf(error)}.`,
      'Correct it, or use a glob such as "stage4.*".',
    )
  }
}

/** Two-pointer matching: a mismatch goes back to the last star only, so the time is at most name times pattern. */
function matchesGlob(glob: string, text: string): boolean {
  let position = 0
  let inGlob = 0
  let star = -1
  let resume = 0
  while (position < text.length) {
    if (glob[inGlob] === '*') {
      star = inGlob++
      resume = position
    } else if (glob[inGlob] === '?' || glob[inGlob] === text[position]) {
      inGlob += 1
      position += 1
    } else if (star >= 0) {
      inGlob = star + 1
      position = ++resume
    } else return false
  }
  return [...glob.slice(inGlob)].every((character) => character === '*')
}
