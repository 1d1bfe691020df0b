import type { Draft } from './drafts.js'

/**
 * Which copy of a draft to go on with: the browser's, the server's, or the server's with the browser's kept beside it.
 */
export type Copy = 'mine' | 'theirs' | 'both'

/**
 * Compares the two copies of a draft. Each may have gone on since they were last the same: the server's in another
 * browser, this browser's while the server was away.
 * @param theirs `savedAt` of the server's copy; null: it has none
 */
export function copyToOpen(mine: Pick<Draft, 'savedAt' | 'sentAt'> | null, theirs: number | null): Copy | null {
  if (theirs === null) return mine === null ? null : 'mine'
  if (mine === null) return 'theirs'
  if (theirs === mine.savedAt || theirs === mine.sentAt) return 'mine'
  const hasUnsent = mine.savedAt !== mine.sentAt
  return hasUnsent ? 'both' : 'theirs'
}
