import { emptyDocument, serializeDocument } from '@graft/graph-schema'
import type { GraphDocument } from '@graft/graph-schema'
import { ApiError, call, messageOf } from '../api/client.js'
import { ui } from '../page/page-store.js'
import { toast } from '../ui/toasts/toast.js'
import { findDraft, forgetDraft, keepDraft, sendNow, sendOldDrafts } from './keep-drafts.js'
import type { Origin } from '../document/editor-store.js'
import { addressOfDraft, draftIdOf, draftInAddress } from './address.js'
import { announce, editor, getDocument } from '../document/store.js'
import { watchForNewerVersion } from './newer-version.js'
import { commandLineOf } from './command-line.js'
import { exportFile, openFile } from './open-file.js'
import { withPlaces } from '../layout/with-places.js'

/** Opens a graph in this page. A graph without places for its nodes is laid out first. */
export async function openDocument(
  document: GraphDocument,
  origin: Origin | null = null,
  draft: string = draftIdOf(origin),
): Promise<void> {
  const placed = await withPlaces(document)
  editor.open(placed, origin, draft)
  ui.set({ view: 'editor', dialog: null, quickAdd: null, menu: null })
  if (location.hash !== addressOfDraft(draft)) history.pushState(null, '', addressOfDraft(draft))
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
    const { draft: before } = editor.get()
    const { id, version } = await call('createGraph', { body: { document, ...(before !== null && { draft: before }) } })
    saved(document, { graphId: id, version })
    if (before !== null && before !== editor.get().draft) forgetDraft(before)
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
        'Your edits are kept as a draft; try again, or download the graph as a file.',
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
  // The browser's copy stays, so that what was edited meanwhile does.
  if (editor.get().document === document) forgetDraft(draft, { here: false })
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

/** Copies the command that runs the open graph without the editor. */
export async function copyCommandLine(): Promise<void> {
  try {
    const { templates } = await call('listTemplates')
    const documents = await Promise.all(
      templates.map(async ({ id }) => [id, (await call('getTemplate', { params: { id } })).document] as const),
    )
    const command = commandLineOf(getDocument(), new Map(documents))
    await navigator.clipboard.writeText(command)
    const isFile = command.endsWith('.graft.json') || command.endsWith(".graft.json'")
    toast('success', `Copied: ${command}`, isFile ? 'Download the graph first; this is its file.' : undefined)
  } catch (error) {
    toast('error', `Not copied: ${messageOf(error)}`)
  }
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
  const leave = (): void => {
    keepDraft()
    void sendNow()
  }
  const hide = (): void => {
    if (document.visibilityState === 'hidden') leave()
  }
  window.addEventListener('popstate', follow)
  window.addEventListener('pagehide', leave)
  document.addEventListener('visibilitychange', hide)
  const stopWatching = watchForNewerVersion(openNewest)
  follow()
  void sendOldDrafts()
  return () => {
    stop()
    stopWatching()
    clearTimeout(timer)
    window.removeEventListener('popstate', follow)
    window.removeEventListener('pagehide', leave)
    document.removeEventListener('visibilitychange', hide)
  }
}

/** Opens what the address names: the draft of this browser or the server, else the saved graph. */
async function followAddress(): Promise<void> {
  const wanted = draftInAddress(location.hash)
  if (wanted === null) {
    // The last edit may be younger than the pause after which drafts are kept; the start page lists them.
    keepDraft()
    return ui.set({ view: 'start' })
  }
  if (wanted.id === editor.get().draft && editor.get().opened > 0) return ui.set({ view: 'editor' })
  const draft = await findDraft(wanted.id)
  // Somebody was quicker: another graph was opened meanwhile.
  if (draftInAddress(location.hash)?.id !== wanted.id) return
  if (draft !== null) return openDraft(draft.document, draft.origin, wanted.id)
  if (wanted.graphId === null) {
    toast(
      'error',
      'This address is of a graph that was never saved, and neither this browser nor the server has a copy of it.',
      'It was discarded, or never edited. What was run is in the history of runs.',
    )
    return closeGraph()
  }
  try {
    await openNewest(wanted.graphId)
  } catch (error) {
    toast('error', messageOf(error))
    closeGraph()
  }
}

/** Opens a saved graph as it was saved last, in place of what is open. */
export async function openNewest(graphId: string): Promise<void> {
  const { document, version } = await call('getGraph', { params: { id: graphId } })
  await openDocument(document, { graphId, version })
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
