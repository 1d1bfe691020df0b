import type { Range } from './field.js'

/** Reads what a person typed. Accepts a decimal comma, spaces and `1e-3`; null: not a number. */
export function readNumber(text: string): number | null {
  const plain = text.trim().replaceAll(/\s/g, '').replace(',', '.')
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return null
  const value = Number(plain)
  return Number.isFinite(value) ? value : null
}

/** How a number stands in its field: no exponent where plain digits are short. */
export function showNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value)
  const plain = value.toPrecision(6)
  return String(Number(plain))
}

/**
 * One step up or down: whole numbers by 1, others by a tenth of their own size, so that 0.001 and 10 both step
 * sensibly; Shift: ten times.
 */
export function stepNumber(value: number, direction: 1 | -1, range: Range, large = false): number {
  const step = stepSize(value, direction, range) * (large ? 10 : 1)
  const stepped = Number((value + direction * step).toPrecision(12))
  return clamp(snap(stepped, step), range)
}

function stepSize(value: number, direction: 1 | -1, range: Range): number {
  if (range.integer) return 1
  if (range.min !== null && range.max !== null && range.max - range.min <= 1) return 0.05
  if (range.min !== null && range.max !== null && range.max - range.min > 10 && Math.abs(value) >= 1) return 1
  const size = Math.abs(value) === 0 ? 0.01 : 10 ** Math.floor(Math.log10(Math.abs(value)))
  const atPower = Math.abs(value) / size === 1 && Math.sign(value || 1) !== direction
  return atPower ? size / 10 : size
}

function snap(value: number, step: number): number {
  const digits = Math.max(0, Math.ceil(-Math.log10(step)) + 2)
  return Number(value.toFixed(Math.min(20, digits)))
}

/** The nearest number that the range allows. */
export function clamp(value: number, { min, max, integer }: Range): number {
  const whole = integer ? Math.round(value) : value
  return Math.min(max ?? Infinity, Math.max(min ?? -Infinity, whole))
}

/** Where a slider stops: whole numbers, or about a hundred places that read well. */
export function sliderStep({ min, max, integer }: Range): number {
  if (integer) return 1
  const span = (max ?? 1) - (min ?? 0)
  return 10 ** Math.floor(Math.log10(span / 50))
}

/** A sentence: `From 1 to 10.`, `At least 0.`, `More than 0, at most 1.`, or nothing. */
export function describeBounds({ min, max, aboveMin, belowMax }: Range): string {
  if (min !== null && max !== null && !aboveMin && !belowMax) return `From ${showNumber(min)} to ${showNumber(max)}.`
  const bounds = [
    min === null ? '' : `${aboveMin ? 'more than' : 'at least'} ${showNumber(min)}`,
    max === null ? '' : `${belowMax ? 'less than' : 'at most'} ${showNumber(max)}`,
  ].filter((bound) => bound !== '')
  const text = bounds.join(', ')
  return text === '' ? '' : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}
