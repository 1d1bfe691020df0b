import type { Estimate } from '@graft/graph-schema'

/** A share in hundredths, without decimals: `87`. */
export const hundredths = (share: number): string => String(Math.round(100 * share))

/** A difference of shares with its sign: `+1.5 percentage points (-0.6 to 3.6)`. */
export const points = ({ value, low, high }: Estimate): string =>
  `${signed(value)} percentage points (${plain(low)} to ${plain(high)})`

const plain = (share: number): string => (Math.round(1000 * share) / 10).toFixed(1).replace(/^-0\.0$/, '0.0')
const signed = (share: number): string => (plain(share).startsWith('-') ? plain(share) : `+${plain(share)}`)

export const counted = (count: number, noun: string, nouns = `${noun}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? noun : nouns}`

/** `a, b and c`. */
export const joined = (names: readonly string[]): string =>
  names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`

/** Some names, and how many more there are. */
export const someOf = (names: readonly string[], most = 5): string =>
  names.length <= most ? joined(names) : `${names.slice(0, most).join(', ')} and ${names.length - most} more`

/** Seconds as a person says them. */
export function duration(seconds: number): string {
  if (seconds < 90) return counted(Math.max(1, Math.round(seconds)), 'second')
  if (seconds < 5400) return counted(Math.round(seconds / 60), 'minute')
  return counted(Math.round(seconds / 3600), 'hour')
}
