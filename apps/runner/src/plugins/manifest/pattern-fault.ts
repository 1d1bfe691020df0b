const longestPattern = 1000

/** A part of a regular expression that matches one character, as source text, or a group. */
interface Atom {
  readonly source: string
  readonly group: readonly Branch[] | null
  /** Whether it may be repeated without end. */
  readonly repeats: boolean
  /** Exactly one time, no more and no less. */
  readonly once: boolean
}
type Branch = readonly Atom[]

/**
 * Why a regular expression is not used on what people type, or null. Some make JavaScript try exponentially many ways
 * before it gives up, which blocks the thread for years: repetitions inside repetitions (`(a+)+`), choices inside
 * repetitions (`(a|a)*`), and backreferences. Repetitions inside repetitions are let pass where a character that occurs
 * nowhere else in the group keeps the turns apart, as in `[a-z]+(-[a-z]+)*`.
 */
export function patternFault(source: string): string | null {
  if (source.length > longestPattern) return `is ${source.length} characters long; at most ${longestPattern} are read`
  try {
    new RegExp(source)
  } catch {
    return 'is not a regular expression'
  }
  if (/\\[1-9]|\\k</.test(source.replaceAll('\\\\', '')))
    return 'refers back to a group, which can take exponentially long'
  return faultOf(parse(source))
}

function faultOf(branches: readonly Branch[]): string | null {
  for (const atom of branches.flat()) {
    if (atom.group === null) continue
    const inner = faultOf(atom.group)
    if (inner !== null) return inner
    if (!atom.repeats) continue
    if (atom.group.length > 1)
      return `repeats a choice (${atom.source}), which can take exponentially long; write a character class such as [ab] instead`
    const [branch = []] = atom.group
    if (hasRepetition(branch) && !isKeptApart(branch))
      return `repeats a repetition (${atom.source}), which can take exponentially long`
  }
  return null
}

const hasRepetition = (branch: Branch): boolean =>
  branch.some((atom) => atom.repeats || (atom.group?.some(hasRepetition) ?? false))

/** Whether the branch begins or ends with a literal character that nothing else in it matches. */
function isKeptApart(branch: Branch): boolean {
  return [0, branch.length - 1].some((at) => {
    const separator = literalOf(branch[at])
    return separator !== null && branch.every((atom, index) => index === at || !canMatch(atom, separator))
  })
}

function literalOf(atom: Atom | undefined): string | null {
  if (atom === undefined || !atom.once || atom.group !== null) return null
  return /^\\?[^\\^$.\w[]$|^\w$/.exec(atom.source) ? atom.source.slice(-1) : atom.source === '\\.' ? '.' : null
}

function canMatch(atom: Atom, character: string): boolean {
  if (atom.group !== null) return atom.group.some((branch) => branch.some((inner) => canMatch(inner, character)))
  return new RegExp(`^(?:${atom.source})$`).test(character)
}

/**
 * The structure of a regular expression that is known to be one. Assertions become atoms without repetition,
 * lookarounds groups.
 */
function parse(source: string): readonly Branch[] {
  let at = 0
  const branches = (): Branch[] => {
    const all: Atom[][] = [[]]
    while (at < source.length && source[at] !== ')') {
      if (source[at] === '|') {
        at += 1
        all.push([])
      } else all.at(-1)?.push(atom())
    }
    return all
  }
  const atom = (): Atom => {
    const start = at
    let group: Branch[] | null = null
    if (source[at] === '(') {
      at += 1 + (/^\?(?:[:=!]|<[=!]|<[^>]*>)/.exec(source.slice(at + 1))?.[0].length ?? 0)
      group = branches()
      at += 1
    } else
      at +=
        /^(?:\[(?:\\.|[^\]\\])*\]|\\(?:u[\da-f]{4}|x[\da-f]{2}|c[a-z]|.)|[^])/i.exec(source.slice(at))?.[0].length ?? 1
    const text = source.slice(start, at)
    const [quantifier = '', , upper] = /^(?:[*+?]|\{\d+(,(\d*))?\})\??/.exec(source.slice(at)) ?? []
    at += quantifier.length
    const many =
      /^[*+]/.test(quantifier) ||
      (quantifier.startsWith('{') && (upper === '' || Number(upper ?? /\d+/.exec(quantifier)?.[0]) > 20))
    return { source: text, group, repeats: many, once: quantifier === '' }
  }
  return branches()
}

/** The first pattern in a JSON Schema that must not be used, with what is wrong about it. */
export function schemaPatternFault(schema: unknown): string | null {
  if (typeof schema !== 'object' || schema === null) return null
  for (const [key, value] of Object.entries(schema)) {
    const patterns =
      key === 'pattern' && typeof value === 'string'
        ? [value]
        : key === 'patternProperties' && typeof value === 'object' && value !== null
          ? Object.keys(value)
          : []
    for (const pattern of patterns) {
      const fault = patternFault(pattern)
      if (fault !== null) return `the pattern ${pattern.slice(0, 200)} ${fault}`
    }
    const inner = schemaPatternFault(value)
    if (inner !== null) return inner
  }
  return null
}
