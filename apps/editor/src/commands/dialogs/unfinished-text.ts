/** The text that was being changed last, and what it was before. */
let kept: { readonly before: string; readonly text: string } | null = null

/** Keeps what a text was changed to while its dialog is closed; one that is as it was before is forgotten. */
export function keepUnfinished(before: string, text: string): void {
  if (text !== before) kept = { before, text }
  else if (kept?.before === before) kept = null
}

/** What this text was changed to and not used; the text itself where nothing was. */
export const unfinishedOf = (before: string): string => (kept?.before === before ? kept.text : before)
