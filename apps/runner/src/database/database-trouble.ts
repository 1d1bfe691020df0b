/** What can be wrong with a database that is not damaged: another process writes for long, or the disk is full. */
export type DatabaseTrouble = 'busy' | 'full'

/**
 * Whether a failed statement may succeed later, and why it failed; null for every other error. SQLite names its
 * results in `code`: https://www.sqlite.org/rescode.html. Writing errors count as a full disk, because that is what
 * most of them are: the log is written before the space is known to be there.
 */
export function databaseTrouble(error: unknown): DatabaseTrouble | null {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) return 'busy'
  if (/^SQLITE_(FULL|IOERR|CANTOPEN)/.test(code)) return 'full'
  return null
}
