export interface PredictedFile {
  readonly file: string
  /** What the network says is there. */
  readonly chosen: readonly string[]
  readonly classes: readonly { readonly name: string; readonly probability: number }[]
}

/**
 * Predictions as CSV (RFC 4180): file, where images may have several classes those that it has (separated by `|`), then
 * class and probability, best first.
 */
export function toCsv(files: readonly PredictedFile[], top: number, several = false): string {
  const header = [
    'file',
    ...(several ? ['classes'] : []),
    ...Array.from({ length: top }, (_, index) => [`class_${index + 1}`, `probability_${index + 1}`]).flat(),
  ]
  const rows = files.map(({ file, chosen, classes }) => [
    file,
    ...(several ? [chosen.join('|')] : []),
    ...classes.flatMap(({ name, probability }) => [name, probability.toFixed(6)]),
  ])
  return [header, ...rows].map((row) => row.map(quote).join(',')).join('\r\n') + '\r\n'
}

/**
 * Quotes where needed. Spreadsheets run a cell as a formula when it begins with =, +, -, @, a tab or a line break, so an
 * apostrophe goes before it; before apostrophes that are followed by one of these as well, so that it can be undone:
 * take one apostrophe away from every cell that begins with apostrophes followed by one of these.
 */
function quote(cell: string): string {
  const safe = /^'*[=+\-@\t\r\n]/.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
