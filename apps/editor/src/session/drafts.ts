import { parseDocument } from '@graft/graph-schema'
import type { GraphDocument } from '@graft/graph-schema'
import type { Origin } from '../document/editor-store.js'

const prefix = 'graft.draft.'

/** Edits that were not saved as a graph; the browser's copy. */
export interface Draft {
  readonly id: string
  readonly savedAt: number
  readonly document: GraphDocument
  readonly origin: Origin | null
  /** `savedAt` of the copy on the server that it was made from, or is; null: there is none. */
  readonly sentAt: number | null
}

/** The part of `Storage` that is used; a test passes a plain object. */
export type DraftStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>

/** Writes a draft; false when the browser has no room or storage is off. Never at the cost of another draft. */
export function saveDraft(storage: DraftStorage, draft: Draft): boolean {
  const { savedAt, origin, sentAt, document } = draft
  const text = JSON.stringify({ savedAt, origin, sentAt, document })
  try {
    storage.setItem(prefix + draft.id, text)
    return true
  } catch {
    return false
  }
}

/** A draft by its id, or null when it isn't there or can't be read. */
export function readDraft(storage: DraftStorage, id: string): Draft | null {
  try {
    const json = JSON.parse(storage.getItem(prefix + id) ?? 'null') as {
      savedAt?: unknown
      origin?: unknown
      sentAt?: unknown
      document?: unknown
    } | null
    if (json === null) return null
    const { document } = parseDocument(json.document)
    if (document === null) return null
    return {
      id,
      document,
      savedAt: typeof json.savedAt === 'number' ? json.savedAt : 0,
      origin: originOf(json.origin),
      sentAt: typeof json.sentAt === 'number' ? json.sentAt : null,
    }
  } catch {
    return null
  }
}

/** All drafts, latest first. */
export function listDrafts(storage: DraftStorage): readonly Draft[] {
  const ids = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? '')
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length))
  return ids.flatMap((id) => readDraft(storage, id) ?? []).sort((left, right) => right.savedAt - left.savedAt)
}

export function removeDraft(storage: DraftStorage, id: string): void {
  storage.removeItem(prefix + id)
}

function originOf(value: unknown): Origin | null {
  const origin = value as Partial<Origin> | null
  return typeof origin?.graphId === 'string' && typeof origin.version === 'number'
    ? { graphId: origin.graphId, version: origin.version }
    : null
}
