import type { MetricDescription } from '@graft/graph-schema'

/** `42 s`, `3 min 5 s`, `1 h 12 min`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '–'
  if (seconds > 0 && seconds < 0.05) return '< 0.1 s'
  if (seconds < 10) return `${Number(seconds.toFixed(1))} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min${whole % 60 === 0 ? '' : ` ${whole % 60} s`}`
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}

/** Time left, less exact the more it is: `12 min 34 s` would claim too much. */
export function timeLeft(seconds: number): string {
  if (seconds < 1) return 'a moment'
  if (seconds < 90) return `${Math.ceil(seconds / (seconds < 10 ? 1 : 5)) * (seconds < 10 ? 1 : 5)} s`
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`
  return `${Number((seconds / 3600).toFixed(1))} h`
}

export const percent = (share: number, digits = 1): string =>
  Number.isFinite(share) ? `${(100 * share).toFixed(digits)}%` : '–'

/** An interval of shares, with as few digits as it is worth: `78 to 86%`. */
export function percentRange(low: number, high: number): string {
  const [from, to] = [percent(low, 0), percent(high, 0)]
  return from === to ? to : `${from.replace('%', '')} to ${to}`
}

/** A difference of two shares, or how far one is off: `3.1 percentage points`. */
export const points = (share: number): string => `${(100 * share).toFixed(1)} percentage points`

/** A measured number as its metric is written. */
export const scoreText = ({ format }: Pick<MetricDescription, 'format'>, value: number): string =>
  format === 'percent' ? percent(value) : significant(value)

/** `1.23 M`, `45.6 k`, `789`. */
export function compact(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(2)} G`
  if (value >= 1e6) return `${(value / 1e6).toFixed(2)} M`
  if (value >= 1e4) return `${(value / 1e3).toFixed(1)} k`
  return whole(value)
}

export const whole = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 0 })

export function bytes(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(1)} GB`
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)} MB`
  if (value >= 1e3) return `${(value / 1e3).toFixed(1)} kB`
  return `${value} B`
}

/** Four significant digits, in plain notation where that is short. */
export function significant(value: number): string {
  if (!Number.isFinite(value)) return '–'
  const rounded = Number(value.toPrecision(4))
  return Math.abs(rounded) > 0 && Math.abs(rounded) < 1e-4
    ? rounded.toExponential(Math.min(2, String(rounded).length))
    : String(rounded)
}

/** `1 epoch`, `3 epochs`. */
export const counted = (count: number, singular: string, plural = `${singular}s`): string =>
  `${whole(count)} ${count === 1 ? singular : plural}`

/** `just now`, `5 min ago`, `yesterday 14:03`, `3 Mar`. */
export function ago(time: string, now: number): string {
  const then = Date.parse(time)
  const minutes = (now - then) / 60_000
  if (Number.isNaN(then)) return ''
  if (minutes < 1) return 'just now'
  if (minutes < 60) return `${Math.floor(minutes)} min ago`
  if (minutes < 12 * 60) return `${Math.floor(minutes / 60)} h ago`
  const date = new Date(then)
  const clock = date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
  const days = Math.round((startOfDay(now) - startOfDay(then)) / 86_400_000)
  if (days === 0) return `today ${clock}`
  if (days === 1) return `yesterday ${clock}`
  return date.toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'short',
    ...(date.getFullYear() !== new Date(now).getFullYear() && { year: 'numeric' }),
  })
}

function startOfDay(time: number): number {
  return new Date(time).setHours(0, 0, 0, 0)
}

/** A long name without its middle: `species_012_f…larva`. Letters that are written as several stay whole. */
export function shortened(text: string, most: number): string {
  const letters = [...new Intl.Segmenter('en').segment(text)].map(({ segment }) => segment)
  if (letters.length <= most) return text
  // More of the beginning: numbers of classes stand behind a word that all have in common.
  const end = Math.floor((most - 1) / 3)
  return `${letters.slice(0, most - 1 - end).join('')}…${letters.slice(letters.length - end).join('')}`
}
