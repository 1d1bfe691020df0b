import type { MetricDescription } from '@graft/graph-schema'

/** What stands where a number isn't known (JSON turns NaN into null). */
export const unknownNumber = '–'

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)

/** `0.9412` -> `94.1%`. */
export function percent(value: number | null | undefined, digits = 1): string {
  return isNumber(value) ? `${(value * 100).toFixed(digits)}%` : unknownNumber
}

/** A path or address as its last part; a file called `model` as its folder. Where something lies is its owner's business. */
export function nameOfSource(source: string): string {
  if (!/^(\/|~|[a-z]:\\|\\)/i.test(source)) return source
  const parts = source.split(/[/\\]/).filter((part) => part !== '')
  const last = parts.at(-1) ?? source
  return /^model\.\w+$/i.test(last) ? (parts.at(-2) ?? last) : last
}

export function fixed(value: number | null | undefined, digits = 3): string {
  return isNumber(value) ? value.toFixed(digits) : unknownNumber
}

/** A measured number as its metric is written. */
export function scoreText({ format }: Pick<MetricDescription, 'format'>, value: number | undefined): string {
  return format === 'percent' ? percent(value) : fixed(value)
}

/** Four significant digits at most, without needless zeros: for axes and settings. */
export function short(value: number): string {
  if (!isNumber(value)) return unknownNumber
  const size = Math.abs(value)
  return size !== 0 && (size < 1e-4 || size >= 1e6)
    ? value.toExponential(2).replace(/\.?0+e/, 'e')
    : String(Number(value.toPrecision(4)))
}

/** Thin spaces between thousands: `1 234 567`. */
export function whole(value: number): string {
  return isNumber(value)
    ? Math.round(value)
        .toString()
        .replace(/\B(?=(\d{3})+$)/g, '\u202f')
    : unknownNumber
}

export function duration(seconds: number): string {
  if (!isNumber(seconds)) return unknownNumber
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 60) return `${Math.round(seconds)} s`
  const minutes = Math.floor(seconds / 60)
  return minutes < 60
    ? `${minutes} min ${Math.round(seconds % 60)} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

export function bytes(count: number): string {
  if (!isNumber(count)) return unknownNumber
  const unit = ['B', 'kB', 'MB', 'GB', 'TB'].find((_, index) => count < 1000 ** (index + 1)) ?? 'TB'
  const scaled = count / 1000 ** ['B', 'kB', 'MB', 'GB', 'TB'].indexOf(unit)
  return `${unit === 'B' ? scaled : scaled.toFixed(1)} ${unit}`
}

/** `3 images`, `1 image`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${whole(count)} ${count === 1 ? noun : plural}`
}

/** What images of a split are called in a sentence. */
export function splitName(split: string): string {
  return { val: 'validation', test: 'test', train: 'training' }[split] ?? ''
}

/** A setting as people read it: text bare, numbers short, lists and objects without brackets. */
export function settingText(value: unknown): string {
  if (typeof value === 'string') return value === '' ? '(empty)' : value
  if (typeof value === 'number') return short(value)
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(settingText).join(', ')
  if (typeof value === 'object' && value !== null)
    return (
      Object.entries(value)
        .map(([name, inner]) => `${name} ${settingText(inner)}`)
        .join(', ') || 'none'
    )
  return value === undefined ? unknownNumber : 'none'
}

/** `learningRate` -> `learning rate`, `image-folder` -> `image folder`. */
export function words(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[-_]+/g, ' ')
    .toLowerCase()
}

/** The first letter as a capital. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** Each word with a capital, as nodes are called in the editor. */
export const titleCase = (text: string): string => text.replaceAll(/(^| )\S/g, (letter) => letter.toUpperCase())
