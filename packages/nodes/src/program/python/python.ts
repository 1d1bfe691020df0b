/** A piece of Python: text as it stands, or parts in brackets that are laid out over lines where they don't fit one. */
export type Python = string | Bracketed

interface Bracketed {
  readonly open: string
  readonly items: readonly Python[]
  readonly close: string
  /** A tuple of one item keeps its comma. */
  readonly comma?: boolean
}

/** Longest line that is written. */
const lineLength = 120

/** A call with arguments in order, then those with names. */
export function call(
  name: string,
  positional: readonly Python[],
  named: Readonly<Record<string, Python | undefined>> = {},
): Python {
  const keywords = Object.entries(named).flatMap(([key, value]): Python[] =>
    value === undefined ? [] : [prefixed(`${key}=`, value)],
  )
  return { open: `${name}(`, items: [...positional, ...keywords], close: ')' }
}

export const tuple = (items: readonly Python[]): Python => ({ open: '(', items, close: ')', comma: items.length === 1 })

export const list = (items: readonly Python[]): Python => ({ open: '[', items, close: ']' })

export const dictionary = (entries: Readonly<Record<string, Python>>): Python => ({
  open: '{',
  items: Object.entries(entries).map(([key, value]) => prefixed(`${text(key)}: `, value)),
  close: '}',
})

function prefixed(prefix: string, value: Python): Python {
  return typeof value === 'string' ? prefix + value : { ...value, open: prefix + value.open }
}

/** A string literal. Letters beyond 16 bits stay whole: to Python, the halves that JavaScript has are no text. */
export const text = (value: string): string => JSON.stringify(value).replaceAll(/\p{C}/gu, escaped)

function escaped(letter: string): string {
  const code = letter.codePointAt(0) ?? 0
  return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
}

/** Text for a comment or a docstring: one line, which nothing in it can end. */
export const remark = (value: string): string =>
  value
    .replaceAll(/["\\]/g, '')
    .replaceAll(/[\p{C}\p{Z}]+/gu, ' ')
    .trim()

/** A number as Python reads it back exactly. */
export function number(value: number): string {
  if (Number.isFinite(value)) return String(value)
  return Number.isNaN(value) ? 'float("nan")' : value > 0 ? 'float("inf")' : 'float("-inf")'
}

/** The same where Python expects a number with a point. */
export const float = (value: number): string => {
  const plain = number(value)
  return /^-?\d+$/.test(plain) ? `${plain}.0` : plain
}

export const truth = (value: boolean): string => (value ? 'True' : 'False')

export const numbers = (values: readonly number[]): Python => tuple(values.map(number))

/** Lines of an expression after `before` (an assignment, say), at a depth of indentation, as ruff lays them out. */
export function lines(before: string, expression: Python, depth = 0): string[] {
  const indent = '    '.repeat(depth)
  const flat = `${indent}${before}${onOneLine(expression)}`
  if (typeof expression === 'string' || (flat.length <= lineLength && !flat.includes('\n'))) return [flat]
  return spread(`${indent}${before}`, expression, '', depth)
}

function onOneLine(expression: Python): string {
  if (typeof expression === 'string') return expression
  const { open, items, close, comma } = expression
  return `${open}${items.map(onOneLine).join(', ')}${comma ? ',' : ''}${close}`
}

/** One item to a line, each with a comma behind it. */
function spread(before: string, { open, items, close }: Bracketed, after: string, depth: number): string[] {
  const indent = '    '.repeat(depth + 1)
  const inner = items.flatMap((item): string[] => {
    const flat = `${indent}${onOneLine(item)},`
    if (typeof item === 'string' || flat.length <= lineLength) return [flat]
    return spread(indent, item, ',', depth + 1)
  })
  return [`${before}${open}`, ...inner, `${'    '.repeat(depth)}${close}${after}`]
}
