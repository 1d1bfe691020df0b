/**
 * One thing wrong with a document or a run, for a person: what happened, what was expected, how to fix it, and where.
 */
export interface Problem {
  readonly code: string
  readonly severity: 'error' | 'warning' | 'info'
  readonly node?: string
  /** Parameter path (`rotation`, `hidden.0`), or port name. */
  readonly field?: string
  readonly edge?: string
  /** What `message` begins with, before a colon: the node's name, which a place that shows it already leaves out. */
  readonly subject?: string
  readonly message: string
  readonly fix: string
}
