import type { NodeCall } from './node-call.js'

/** The letters of an Einsum node: of the axes of every input, and of the result. */
export interface EinsumPlan {
  readonly terms: readonly (readonly string[])[]
  readonly result: readonly string[]
}

/**
 * Reads the equation of an Einsum node for inputs of these ranks. `...` becomes the letters `0`, `1`, ... Without `->` the
 * result has the letters that stand once, in alphabetical order.
 * @throws FormatError when it doesn't fit the inputs
 */
export function einsumPlan(call: NodeCall, ranks: readonly number[]): EinsumPlan {
  const equation = call.text('equation', '').replaceAll(' ', '')
  const [left = '', right] = equation.split('->')
  const parts = left.split(',')
  const dotted = Math.max(
    0,
    ...parts.map((part, index) => (part.includes('...') ? (ranks[index] ?? 0) - (part.length - 3) : 0)),
  )
  const spelled = (part: string, count: number): string[] => {
    const [before = '', after] = part.split('...')
    if (after === undefined) return [...before]
    return [...before, ...Array.from({ length: count }, (_, index) => String(dotted - count + index)), ...after]
  }
  const terms = parts.map((part, index) => spelled(part, (ranks[index] ?? 0) - (part.length - 3)))
  const all = terms.flat()
  const once = [...new Set(all)].filter((letter) => all.indexOf(letter) === all.lastIndexOf(letter)).sort()
  const result = right === undefined ? once : spelled(right, dotted)
  const sound =
    terms.length === ranks.length &&
    terms.every((term, index) => term.length === ranks[index]) &&
    result.every((letter, index) => all.includes(letter) && result.indexOf(letter) === index) &&
    all.every((letter) => /^[A-Za-z0-9]$/.test(letter))
  if (sound) return { terms, result }
  throw call.refuse(
    `has the equation "${equation.slice(0, 80)}", which doesn't fit inputs with ${ranks.join(', ')} axes`,
    'The file is damaged or was written wrongly; export the model again.',
  )
}
