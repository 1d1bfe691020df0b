type Version = readonly [major: number, minor: number, patch: number, prerelease: string]

const versionPattern = /^(\d{1,9})\.(\d{1,9})\.(\d{1,9})(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/
const rangePattern = /^(\^|~|>=|=)?\s*(\d{1,9}\.\d{1,9}\.\d{1,9}(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)$/

/**
 * Whether a text is one of the ranges that documents use: `*`, `1.2.3`, `=1.2.3`, `^1.2.3`, `~1.2.3` or `>=1.2.3`, with
 * the meaning they have in npm.
 */
export function isRange(range: string): boolean {
  return range === '*' || rangePattern.test(range)
}

/**
 * Whether a version lies in a range; false when either can't be read. Pre-releases count as what they are: before their
 * release.
 */
export function satisfies(version: string, range: string): boolean {
  const have = parse(version)
  if (have === null) return false
  if (range === '*') return true
  const match = rangePattern.exec(range)
  const want = match === null ? null : parse(match[2] ?? '')
  if (want === null) return false
  const operator = match?.[1] ?? '='
  if (operator === '=') return compare(have, want) === 0
  if (compare(have, want) < 0) return false
  return operator === '>=' || compareNumbers(have, upperBound(want, operator)) < 0
}

/**
 * The first version that a range does not hold any more. `^` allows what does not change the leftmost number that isn't
 * 0.
 */
function upperBound([major, minor, patch]: Version, operator: string): readonly number[] {
  if (operator === '~') return [major, minor + 1, 0]
  if (major > 0) return [major + 1, 0, 0]
  return minor > 0 ? [0, minor + 1, 0] : [0, 0, patch + 1]
}

function parse(text: string): Version | null {
  const match = versionPattern.exec(text)
  return match === null ? null : [Number(match[1]), Number(match[2]), Number(match[3]), match[4] ?? '']
}

function compareNumbers(a: readonly unknown[], b: readonly unknown[]): number {
  const index = [0, 1, 2].find((part) => a[part] !== b[part])
  return index === undefined ? 0 : Number(a[index]) - Number(b[index])
}

function compare(a: Version, b: Version): number {
  const numbers = compareNumbers(a, b)
  if (numbers !== 0 || a[3] === b[3]) return numbers
  if (a[3] === '') return 1
  if (b[3] === '') return -1
  return comparePrereleases(a[3].split('.'), b[3].split('.'))
}

function comparePrereleases(a: readonly string[], b: readonly string[]): number {
  const index =
    Array.from({ length: Math.max(a.length, b.length) }, (_, part) => part).find((part) => a[part] !== b[part]) ?? 0
  const [left, right] = [a[index], b[index]]
  if (left === undefined || right === undefined) return left === undefined ? -1 : 1
  const [leftIsNumber, rightIsNumber] = [/^\d+$/.test(left), /^\d+$/.test(right)]
  if (leftIsNumber && rightIsNumber) return Number(left) - Number(right)
  if (leftIsNumber !== rightIsNumber) return leftIsNumber ? -1 : 1
  return left < right ? -1 : 1
}
