import type { MetricDescription } from '@graft/graph-schema'

/** `850 ms`, `12.3 s`, `4 min 05 s`, `2 h 07 min`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`
  const seconds = milliseconds / 1000
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`
  const minutes = Math.round(whole / 60)
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`
}

/** `512 B`, `1.4 MB`; powers of 1000, as disks are sold. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`
}

/** A share as a percentage with one decimal. */
export function formatShare(share: number): string {
  return `${(share * 100).toFixed(1)}%`
}

/** A measured number as its metric is written. */
export function formatScore({ format }: Pick<MetricDescription, 'format'>, value: number): string {
  if (Number.isNaN(value)) return 'unknown'
  return format === 'percent' ? formatShare(value) : formatMetric(value)
}

/** A measurement: three significant digits. */
export function formatMetric(value: number): string {
  return Math.abs(value) >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(3)))
}

/** Characters that act on a terminal or turn the direction of what follows. */
const acting = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** Text for a terminal, line breaks kept: control characters (of a node's or file's name) become visible instead of acting. */
export function harmless(text: string): string {
  return text.replaceAll(acting, '\ufffd')
}

/** The same for one line: line breaks become blanks. */
export function oneLine(text: string): string {
  return harmless(text.replaceAll(/\s*[\r\n]+\s*/g, ' '))
}

/** Cuts a text without colours to a width. */
export function fit(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`
}
