import type { GraphDocument } from '@graft/graph-schema'
import type { Selection } from './commands/command.js'

/**
 * Whole documents: unchanged parts are shared between them, and undo brings back even the order of keys, which patches
 * would not.
 */
export interface HistoryEntry {
  readonly label: string
  readonly document: GraphDocument
  readonly selection: Selection
}

export interface History {
  /** What undo goes back to, latest last; the label names the edit that undo takes back. */
  readonly past: readonly HistoryEntry[]
  /** What redo goes forward to, next first. */
  readonly future: readonly HistoryEntry[]
  /** The last edit's key and time, while edits may still join it. */
  readonly open: { readonly key: string; readonly at: number } | null
}

export const emptyHistory: History = { past: [], future: [], open: null }

const steps = 500
/** A pause this long between two keystrokes starts a new step. */
const pause = 1200

/** The history after an edit. An edit with the key of the one before, made soon after it, joins it. */
export function record(history: History, before: HistoryEntry, coalesce: string | undefined, now: number): History {
  const joins =
    coalesce !== undefined && history.open?.key === coalesce && now - history.open.at < pause && history.past.length > 0
  return {
    past: joins ? history.past : [...history.past, before].slice(-steps),
    future: [],
    open: coalesce === undefined ? null : { key: coalesce, at: now },
  }
}

/** One step back: what to show, and the history then. Null at the beginning. */
export function undo(
  history: History,
  current: Omit<HistoryEntry, 'label'>,
): { readonly entry: HistoryEntry; readonly history: History } | null {
  const entry = history.past.at(-1)
  if (entry === undefined) return null
  return {
    entry,
    history: {
      past: history.past.slice(0, -1),
      future: [{ ...current, label: entry.label }, ...history.future],
      open: null,
    },
  }
}

/** One step forward. Null when there is nothing to redo. */
export function redo(
  history: History,
  current: Omit<HistoryEntry, 'label'>,
): { readonly entry: HistoryEntry; readonly history: History } | null {
  const entry = history.future[0]
  if (entry === undefined) return null
  return {
    entry,
    history: {
      past: [...history.past, { ...current, label: entry.label }],
      future: history.future.slice(1),
      open: null,
    },
  }
}

/** The next edit starts a new step even when it has the same key (focus left the field, the mouse was released). */
export function closeStep(history: History): History {
  return history.open === null ? history : { ...history, open: null }
}
