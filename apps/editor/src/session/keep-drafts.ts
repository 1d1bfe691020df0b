import { emptyDocument } from '@graft/graph-schema'
import { editor } from '../document/store.js'
import { ui } from '../page/page-store.js'
import { toast } from '../ui/toasts/toast.js'
import { addressOfDraft, draftIdOf } from './address.js'
import { copyToOpen } from './two-copies.js'
import { listDrafts, readDraft, removeDraft, saveDraft } from './drafts.js'
import type { Draft } from './drafts.js'
import { discardServerDraft, fetchDraft, sendDraft, serverCopyOf } from './server-drafts.js'
import { storage, tabStorage } from './storages.js'

const sendDelay = 1500

/** The open draft: what of it the server has, as far as this window knows. */
let sent: { readonly id: string; readonly at: number | null } = { id: '', at: null }
/** The document that was kept last: the same one again is no edit. */
let kept = emptyDocument()
let timer: ReturnType<typeof setTimeout> | undefined
let sending: Promise<void> | null = null

const sentAtOf = (id: string): number | null => (sent.id === id ? sent.at : null)

/**
 * Keeps a copy in the browser and, a moment later, on the server. A draft begins with the first edit: what was only
 * opened is kept for this tab, so that reloading brings it back, and is in no list.
 */
export function keepDraft(): void {
  const draft = openDraft()
  if (draft === null) return
  const { document, saved } = editor.get()
  const before = readDraft(storage(), draft.id)
  const isEdited = document !== saved || before !== null
  // Its time says when it was edited, not when it was looked at.
  const isLookedAt = document === kept || document === saved
  const savedAt = isLookedAt && before !== null ? before.savedAt : draft.savedAt
  kept = document
  const isSafe = saveDraft(isEdited ? storage() : tabStorage(), { ...draft, savedAt })
  if (!isSafe && ui.get().draftSaved)
    toast(
      'error',
      'This browser has no room for a copy of your edits.',
      'Save the graph, download it as a file, or discard drafts on the start page.',
    )
  ui.set({ draftSaved: isSafe })
  if (document === saved || sentAtOf(draft.id) === savedAt) return
  clearTimeout(timer)
  timer = setTimeout(() => void sendNow(), sendDelay)
}

/** The open document as a draft; null: nothing is open. */
function openDraft(): Draft | null {
  const { document, origin, opened, draft: id } = editor.get()
  return id === null || opened === 0 ? null : { id, savedAt: Date.now(), document, origin, sentAt: sentAtOf(id) }
}

/** Sends what the server does not have yet; one at a time, so that each is made from the one before. */
export async function sendNow(): Promise<void> {
  clearTimeout(timer)
  await sending
  sending = sendOpen().finally(() => {
    sending = null
  })
  await sending
}

async function sendOpen(): Promise<void> {
  const { document, saved, draft: id } = editor.get()
  const draft = id === null || document === saved ? null : readDraft(storage(), id)
  if (draft === null || sentAtOf(draft.id) === draft.savedAt) return
  const outcome = await sendDraft({ ...draft, sentAt: sentAtOf(draft.id) })
  if (outcome === 'other-here') return goOnAsCopy(draft)
  if (outcome !== 'kept') {
    if (outcome.refused !== null) toast('error', `The server keeps no copy of your edits: ${outcome.refused}`)
    return
  }
  sent = { id: draft.id, at: draft.savedAt }
  const now = readDraft(storage(), draft.id)
  if (now !== null) saveDraft(storage(), { ...now, sentAt: draft.savedAt })
}

/** Another window edits this draft too: this one goes on under an id of its own, and neither loses anything. */
function goOnAsCopy(draft: Draft): void {
  if (editor.get().draft !== draft.id) return
  const id = draftIdOf(null)
  editor.rename(id)
  history.replaceState(null, '', addressOfDraft(id))
  sent = { id, at: null }
  keepDraft()
  toast('info', 'Another window edits this graph too.', 'Your edits are kept as a draft of their own.')
}

/** The draft to open under an id: the browser's copy or the server's. Where both went on, both are kept. */
export async function findDraft(id: string): Promise<Draft | null> {
  const mine = readDraft(storage(), id)
  const theirs = await serverCopyOf(id)
  const which = copyToOpen(mine, theirs)
  if (mine !== null && which === 'both') {
    saveDraft(storage(), {
      ...mine,
      id: draftIdOf(null),
      document: { ...mine.document, name: `${mine.document.name} (this browser’s copy)` },
      sentAt: null,
    })
    toast(
      'info',
      'This draft was edited in another browser too.',
      'This is the other one’s copy; yours is on the start page.',
    )
  }
  const found = which === 'theirs' || which === 'both' ? await fetchDraft(id).catch(() => mine) : mine
  const draft = found ?? readDraft(tabStorage(), id)
  sent = { id, at: draft?.sentAt ?? null }
  if (found !== null) saveDraft(storage(), found)
  return draft
}

/** What the open graph was kept as is not needed any more: it is saved, or discarded. */
export function forgetDraft(id: string, options: { readonly here: boolean } = { here: true }): void {
  if (options.here) removeDraft(storage(), id)
  if (sent.id === id) sent = { id, at: null }
  void discardServerDraft(id)
}

/** Drafts of before the server kept any, and those of when it was away. */
export async function sendOldDrafts(): Promise<void> {
  for (const draft of listDrafts(storage())) {
    if (draft.sentAt === draft.savedAt || draft.id === editor.get().draft || draft.origin !== null) continue
    const outcome = await sendDraft(draft)
    if (outcome === 'kept') saveDraft(storage(), { ...draft, sentAt: draft.savedAt })
    else if (outcome !== 'other-here') return
  }
}
