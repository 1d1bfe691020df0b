import { ApiError, call } from '../api/client.js'
import type { Draft } from './drafts.js'

/**
 * What came of sending a draft: it is kept; another window's copy is there; or not now, and why if that needs saying.
 */
export type Sent = 'kept' | 'other-here' | { readonly refused: string | null }

/** Sends a draft to be kept by the server. Never throws: the browser has its copy. */
export async function sendDraft({ id, document, savedAt, origin, sentAt }: Draft): Promise<Sent> {
  try {
    await call('keepDraft', { params: { id }, body: { document: { ...document }, savedAt, origin, base: sentAt } })
    return 'kept'
  } catch (error) {
    if (!(error instanceof ApiError) || error.kind === 'offline') return { refused: null }
    return error.details?.code === 'draft-other-here' ? 'other-here' : { refused: error.message }
  }
}

/** When the server's copy was saved; null: it has none, or can't be reached. */
export async function serverCopyOf(id: string): Promise<number | null> {
  try {
    // The list, and not the draft itself: that it has none is no error.
    const { drafts } = await call('listDrafts')
    return drafts.find((draft) => draft.id === id)?.savedAt ?? null
  } catch {
    return null
  }
}

/** The server's copy, as one of this browser. */
export async function fetchDraft(id: string): Promise<Draft> {
  const { document, savedAt, origin } = await call('getDraft', { params: { id } })
  return { id, document, savedAt, origin, sentAt: savedAt }
}

/** The server forgets its copy; one that can't be reached keeps it. */
export async function discardServerDraft(id: string): Promise<void> {
  await call('discardDraft', { params: { id } }).catch(() => undefined)
}
