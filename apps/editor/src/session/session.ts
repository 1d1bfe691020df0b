import { emptyDocument, serializeDocument } from '@graft/graph-schema'
import type { GraphDocument } from '@graft/graph-schema'
import { ApiError, call, messageOf } from '../api/client.js'
import { ui } from '../page/page-store.js'
import { toast } from '../ui/toasts/toast.js'
import { readDraft, removeDraft, saveDraft } from './drafts.js'
import type { DraftStorage } from './drafts.js'
import type { Origin } from '../document/editor-store.js'
import { addressOfDraft, draftIdOf, draftInAddress } from './address.js'
import { announce, editor, getDocument, getManifests } from '../document/store.js'
import { exportFile, openFile } from './open-file.js'
import { nodeBoxes } from '../document/graph/geometry.js'
import { tidy } from '../document/commands/arrange.js'

/** Opens a graph in this page. A graph without places for its nodes is laid out first. */
export async function openDocument(
  document: GraphDocument,
  origin: Origin | null = null,
  draft: string = draftIdOf(origin),
): Promise<void> {
  const arranged = await arrange(document)
  editor.open(arranged, origin, draft)
  ui.set({ view: 'editor', dialog: null, quickAdd: null, menu: null })
  if (location.hash !== addressOfDraft(draft)) history.pushState(null, '', addressOfDraft(draft))
}

async function arrange(document: GraphDocument): Promise<GraphDocument> {
  const { needsLayout, tidyPositions } = await import('../layout/tidy.js')
  if (!needsLayout(document)) return document
  try {
    return tidy(document, await tidyPositions(document, getManifests(), nodeBoxes(document, getManifests()))).apply(
      document,
    )
  } catch {
    // Shown as it came: better untidy than not at all.
    return document
  }
}

export function newGraph(): void {
  void openDocument(emptyDocument('New graph'))
}

/** Back to the start page; the draft stays. */
export function closeGraph(): void {
  keepDraft()
  ui.set({ view: 'start' })
  if (location.hash !== '#/') history.pushState(null, '', '#/')
}

/**
 * Saves on the runner: a new graph, or a new version of the one that is open. A newer version there is never
 * overwritten unasked.
 */
export async function save(options: { readonly overwrite?: boolean } = {}): Promise<boolean> {
  const { document, origin } = editor.get()
  if (origin === null) return saveCopy()
  return saving(async () => {
    const baseVersion =
      options.overwrite === true ? (await call('getGraph', { params: { id: origin.graphId } })).version : origin.version
    const { version } = await call('saveGraph', { params: { id: origin.graphId }, body: { document, baseVersion } })
    saved(document, { graphId: origin.graphId, version })
  })
}

/** Saves as a new graph on the runner and goes on with that one. */
export async function saveCopy(): Promise<boolean> {
  const { document } = editor.get()
  return saving(async () => {
    const { id, version } = await call('createGraph', { body: { document } })
    const { draft: before } = editor.get()
    saved(document, { graphId: id, version })
    if (before !== null && before !== editor.get().draft) removeDraft(storage(), before)
  })
}

async function saving(action: () => Promise<void>): Promise<boolean> {
  ui.set({ saving: true })
  try {
    await action()
    announce('Saved')
    return true
  } catch (error) {
    if (error instanceof ApiError && error.status === 409) ui.set({ dialog: 'conflict' })
    else
      toast(
        'error',
        `Not saved: ${messageOf(error)}`,
        'Your edits are kept in this browser; try again, or download the graph as a file.',
      )
    return false
  } finally {
    ui.set({ saving: false })
  }
}

function saved(document: GraphDocument, origin: Origin): void {
  const draft = draftIdOf(origin)
  editor.markSaved(document, origin, draft)
  history.replaceState(null, '', addressOfDraft(draft))
  keepDraft()
}

/** Opens what was dropped or picked: a graph, a report or an exported model. */
export async function openBlob(name: string, blob: Blob): Promise<void> {
  const opened = openFile(name, new Uint8Array(await blob.arrayBuffer()))
  if ('problem' in opened) return toast('error', opened.problem.message, opened.problem.fix)
  await openDocument(opened.document)
  const from = { graph: 'file', report: 'report', model: 'exported model' }[opened.from]
  toast(
    'success',
    `Opened the graph from the ${from} ${name}${opened.migrated.length === 0 ? '' : `, brought up to date: ${opened.migrated.join(', ')}`}`,
  )
}

export function pickFile(): void {
  const input = document.createElement('input')
  input.type = 'file'
  input.accept = '.json,.html,.onnx'
  input.addEventListener('change', () => {
    const file = input.files?.[0]
    if (file !== undefined) void openBlob(file.name, file)
  })
  input.click()
}

export function downloadGraph(): void {
  const { name, text } = exportFile(getDocument())
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
  announce(`Downloaded ${name}`)
}

const autosaveDelay = 400

/**
 * Keeps drafts, follows the address (back, forward, reload), and warns before edits get lost. Called once; returns how
 * to stop.
 */
export function startSession(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let last = editor.get().document
  const stop = editor.subscribe(() => {
    const { document } = editor.get()
    if (document === last) return
    last = document
    clearTimeout(timer)
    timer = setTimeout(keepDraft, autosaveDelay)
  })
  const follow = (): void => void followAddress()
  const leave = (): void => keepDraft()
  window.addEventListener('popstate', follow)
  window.addEventListener('pagehide', leave)
  follow()
  return () => {
    stop()
    clearTimeout(timer)
    window.removeEventListener('popstate', follow)
    window.removeEventListener('pagehide', leave)
  }
}

/** Opens what the address names: the draft in this browser, else the saved graph. */
async function followAddress(): Promise<void> {
  const wanted = draftInAddress(location.hash)
  if (wanted === null) {
    // The last edit may be younger than the pause after which drafts are kept; the start page lists them.
    keepDraft()
    return ui.set({ view: 'start' })
  }
  if (wanted.id === editor.get().draft && editor.get().opened > 0) return ui.set({ view: 'editor' })
  const draft = readDraft(storage(), wanted.id) ?? readDraft(tabStorage(), wanted.id)
  if (draft !== null) return openDraft(draft.document, draft.origin, wanted.id)
  if (wanted.graphId === null) {
    toast(
      'error',
      'This address is of a graph that was never saved, and this browser has no copy of it.',
      'Open it in the browser where it was edited, or from the history of runs.',
    )
    return closeGraph()
  }
  try {
    const { document, version } = await call('getGraph', { params: { id: wanted.graphId } })
    await openDocument(document, { graphId: wanted.graphId, version })
  } catch (error) {
    toast('error', messageOf(error))
    closeGraph()
  }
}

/** A draft with an origin shows its unsaved edits as such when the runner has the saved version. */
async function openDraft(document: GraphDocument, origin: Origin | null, id: string): Promise<void> {
  await openDocument(document, origin, id)
  if (origin === null) return
  try {
    const stored = await call('getGraphVersion', { params: { id: origin.graphId, version: origin.version } })
    const isSame = serializeDocument(stored.document) === serializeDocument(editor.get().saved)
    if (editor.get().origin?.graphId === origin.graphId && !isSame) editor.markSaved(stored.document, origin, id)
  } catch {
    // Offline, or the graph is gone: the draft is all there is, and saving will say so.
  }
}

/**
 * Keeps a copy in the browser. A draft begins with the first edit: what was only opened is kept for this tab, so that
 * reloading brings it back, and is in no list.
 */
function keepDraft(): void {
  const { document, origin, opened, draft, saved: before } = editor.get()
  if (draft === null || opened === 0) return
  const isEdited = document !== before || readDraft(storage(), draft) !== null
  const isSafe = saveDraft(isEdited ? storage() : tabStorage(), { id: draft, savedAt: Date.now(), document, origin })
  if (!isSafe && ui.get().draftSaved)
    toast(
      'error',
      'This browser has no room for a copy of your edits.',
      'Save the graph, download it as a file, or discard drafts on the start page.',
    )
  ui.set({ draftSaved: isSafe })
}

const noStorage: DraftStorage = {
  length: 0,
  key: () => null,
  getItem: () => null,
  removeItem: () => undefined,
  setItem: () => {
    throw new Error('Storage is off')
  },
}

const storage = (): DraftStorage => storageOf(() => localStorage)
const tabStorage = (): DraftStorage => storageOf(() => sessionStorage)

function storageOf(open: () => Storage): DraftStorage {
  try {
    return open()
  } catch {
    return noStorage
  }
}
