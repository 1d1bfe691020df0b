interface PredictedFile {
  readonly file: string
  readonly classes: readonly { readonly name: string; readonly probability: number }[]
}

/** Predictions as CSV (RFC 4180): file, then class and probability, best first. */
export function toCsv(files: readonly PredictedFile[], top: number): string {
  const header = [
    'file',
    ...Array.from({ length: top }, (_, index) => [`class_${index + 1}`, `probability_${index + 1}`]).flat(),
  ]
  const rows = files.map(({ file, classes }) => [
    file,
    ...classes.flatMap(({ name, probability }) => [name, probability.toFixed(6)]),
  ])
  return [header, ...rows].map((row) => row.map(quote).join(',')).join('\r\n') + '\r\n'
}

/** Quotes where needed; a leading =, +, - or @ would be run as a formula by spreadsheets. */
function quote(cell: string): string {
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
