import type { Origin } from '../document/editor-store.js'

/**
 * The id under which a graph's edits are kept in the browser: one for each saved graph, a new one for each that isn't
 * saved yet.
 */
export function draftIdOf(origin: Origin | null): string {
  return origin === null
    ? `new-${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`
    : `graph-${origin.graphId}`
}

export const addressOfDraft = (draftId: string): string => `#/edit/${encodeURIComponent(draftId)}`

/** The draft that an address names, and the saved graph that it is of; null: the start page. */
export function draftInAddress(hash: string): { readonly id: string; readonly graphId: string | null } | null {
  const match = /^#\/edit\/([^/?]+)$/.exec(hash)
  if (match === null) return null
  try {
    const id = decodeURIComponent(match[1] ?? '')
    return { id, graphId: id.startsWith('graph-') ? id.slice('graph-'.length) : null }
  } catch {
    return null
  }
}
