/** Stands between the classes of an image; what Image Table takes for one if nothing else is set. */
const separator = '|'

/** The classes that a correction names. */
export const namesIn = (correction: string): readonly string[] => (correction === '' ? [] : correction.split(separator))

/** A correction that names these classes; none of them, if the list is empty. */
export const correctionOf = (names: readonly string[]): string => names.join(separator)

/** What a person says an image is, by its name: its class, or all of its classes. */
export type Corrections = Readonly<Record<string, string>>

/**
 * The corrections as a table that Image Table reads: beside the images it makes a data set of them.
 * @see https://www.rfc-editor.org/rfc/rfc4180
 */
export function correctionsCsv(corrections: Corrections): string {
  const rows = Object.entries(corrections).toSorted(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
  return ['file,labels', ...rows.map((row) => row.map(quoted).join(','))].join('\r\n') + '\r\n'
}

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

const storageKey = (about: string): string => `graft.corrections.${about}`

/** What was corrected before in this browser; `about` says of which file of predictions. */
export function recallCorrections(about: string): Corrections {
  try {
    const json: unknown = JSON.parse(localStorage.getItem(storageKey(about)) ?? '{}')
    if (typeof json !== 'object' || json === null) return {}
    return Object.fromEntries(Object.entries(json).filter(([, name]) => typeof name === 'string'))
  } catch {
    return {}
  }
}

/** False when the browser has no room for them. */
export function rememberCorrections(about: string, corrections: Corrections): boolean {
  try {
    if (Object.keys(corrections).length === 0) localStorage.removeItem(storageKey(about))
    else localStorage.setItem(storageKey(about), JSON.stringify(corrections))
    return true
  } catch {
    return false
  }
}
