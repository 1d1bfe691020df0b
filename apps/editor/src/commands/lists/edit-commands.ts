import { edgeKey } from '@graft/graph-schema'
import { canvasApi } from '../../page/canvas-api.js'
import type { CanvasApi } from '../../page/canvas-api.js'
import { copySelection, paste, readClip, writeClip } from '../../document/clipboard.js'
import { removeAndHeal, removeSelection, toggleBypassed, toggleMuted } from '../../document/commands/nodes.js'
import { cardSize, cardSizeOf, freePlace } from '../../document/graph/geometry.js'
import type { Point } from '../../document/graph/geometry.js'
import { announce, dispatch, editor, getDocument, getManifests } from '../../document/store.js'
import { ui } from '../../page/page-store.js'
import { toast } from '../../ui/toasts/toast.js'
import { hasNodes, hasSelection } from './app-command.js'
import type { AppCommand } from './app-command.js'
import { editFields, focusProblem, renameNode } from './focus.js'

/** Between a node and the one that is added beside it: room for a wire. */
const gapBeside = 64

const selected = (): readonly string[] => editor.get().selection.nodes

export function removeSelected(): void {
  dispatch(removeSelection(getDocument(), editor.get().selection, edgeKey))
}

/** The selected part as text, or null; also says so to screen readers. */
export function copyText(): string | null {
  const clip = copySelection(getDocument(), editor.get().selection)
  if (clip === null) return null
  const count = Object.keys(clip.nodes).length
  announce(`Copied ${count} ${count === 1 ? 'node' : 'nodes'}`)
  return writeClip(clip)
}

/** Adds what was copied here, in another tab, or as the text of a whole graph. */
export function pasteText(text: string, keepIncoming: boolean): boolean {
  const clip = readClip(text)
  if (clip === null) return false
  const at = canvasApi()?.pointer()
  dispatch(paste(getDocument(), clip, { keepIncoming, ...(at !== null && at !== undefined && { at }) }))
  return true
}

async function copyByApi(cut: boolean): Promise<void> {
  const text = copyText()
  if (text === null) return
  try {
    await navigator.clipboard.writeText(text)
    if (cut) removeSelected()
  } catch {
    toast('error', 'The browser doesn’t let this page write to the clipboard.', 'Use the keyboard shortcuts instead.')
  }
}

async function pasteByApi(keepIncoming: boolean): Promise<void> {
  try {
    if (!pasteText(await navigator.clipboard.readText(), keepIncoming))
      toast('info', 'There are no nodes on the clipboard.', 'Copy some nodes first.')
  } catch {
    toast('error', 'The browser doesn’t let this page read the clipboard.', 'Use the keyboard shortcuts instead.')
  }
}

function duplicate(keepIncoming: boolean): void {
  const clip = copySelection(getDocument(), editor.get().selection)
  if (clip !== null) dispatch(paste(getDocument(), clip, { keepIncoming, label: 'Duplicated the selection' }))
}

function selectAll(): void {
  const { nodes, edges, layout } = getDocument()
  editor.select({
    nodes: Object.keys(nodes),
    edges: edges.map(edgeKey),
    frames: layout.frames.map((_, index) => index),
    notes: layout.notes.map((_, index) => index),
  })
}

/** Where a new card covers none, for those who don't point: in the middle of what is seen, or below that. */
function besideOthers(api: CanvasApi): Point {
  const { x, y } = api.centre()
  const usual = cardSizeOf({ inputs: ['', '', ''], outputs: [] })
  const place = freePlace({ x: x - usual.width / 2, y: y - cardSize.header / 2 }, usual, api.boxes().values())
  return { x: place.x + usual.width / 2, y: place.y + cardSize.header / 2 }
}

/** Beside the one selected node, on the one selected wire, or where the person points. */
function quickAdd(): void {
  const api = canvasApi()
  if (api === null) return
  const { nodes, edges } = editor.get().selection
  const [beside] = nodes
  const [wire] = edges
  if (beside !== undefined && nodes.length === 1) {
    const place = rightOf(api, beside)
    return ui.set({ quickAdd: { screen: api.toScreen(place), place, beside } })
  }
  const place = api.pointer() ?? besideOthers(api)
  ui.set({
    quickAdd: { screen: api.toScreen(place), place, ...(wire !== undefined && nodes.length === 0 && { wire }) },
  })
}

function rightOf(api: CanvasApi, id: string): Point {
  const box = api.boxes().get(id)
  return box === undefined ? besideOthers(api) : { x: box.x + box.width + gapBeside, y: box.y }
}

/** Editing the graph. */
export const editCommands: readonly AppCommand[] = [
  { id: 'add', title: 'Add a node…', group: 'Add', icon: 'add', shortcuts: ['a', 'shift+a', 'insert'], run: quickAdd },
  {
    id: 'connect',
    title: 'Connect to…',
    group: 'Edit',
    icon: 'connect',
    shortcuts: ['c'],
    enabled: hasNodes,
    run: () => ui.set({ dialog: 'connect' }),
  },
  {
    id: 'edit-fields',
    title: 'Edit fields',
    group: 'Edit',
    icon: 'settings',
    shortcuts: ['enter'],
    enabled: hasNodes,
    run: editFields,
  },
  { id: 'rename', title: 'Rename', group: 'Edit', shortcuts: ['f2'], enabled: hasNodes, run: renameNode },
  {
    id: 'cut',
    title: 'Cut',
    group: 'Edit',
    icon: 'cut',
    shortcuts: ['mod+x'],
    byBrowser: true,
    enabled: hasSelection,
    run: () => void copyByApi(true),
  },
  {
    id: 'copy',
    title: 'Copy',
    group: 'Edit',
    icon: 'copy',
    shortcuts: ['mod+c'],
    byBrowser: true,
    enabled: hasSelection,
    run: () => void copyByApi(false),
  },
  {
    id: 'paste',
    title: 'Paste',
    group: 'Edit',
    icon: 'paste',
    shortcuts: ['mod+v'],
    byBrowser: true,
    run: () => void pasteByApi(false),
  },
  {
    id: 'paste-connected',
    title: 'Paste with incoming wires',
    group: 'Edit',
    icon: 'paste',
    shortcuts: ['mod+shift+v'],
    byBrowser: true,
    run: () => void pasteByApi(true),
  },
  {
    id: 'duplicate',
    title: 'Duplicate',
    group: 'Edit',
    icon: 'copy',
    shortcuts: ['mod+d'],
    enabled: hasSelection,
    run: () => duplicate(false),
  },
  {
    id: 'duplicate-connected',
    title: 'Duplicate with incoming wires',
    group: 'Edit',
    icon: 'copy',
    shortcuts: ['mod+shift+d'],
    enabled: hasSelection,
    run: () => duplicate(true),
  },
  {
    id: 'delete',
    title: 'Delete',
    group: 'Edit',
    icon: 'trash',
    shortcuts: ['delete', 'backspace'],
    enabled: hasSelection,
    run: removeSelected,
  },
  {
    id: 'delete-heal',
    title: 'Delete and reconnect the wires',
    group: 'Edit',
    icon: 'trash',
    shortcuts: ['mod+delete', 'mod+backspace'],
    enabled: hasNodes,
    run: () => dispatch(removeAndHeal(getDocument(), selected(), getManifests())),
  },
  {
    id: 'bypass',
    title: 'Bypass (act as a wire)',
    group: 'Edit',
    icon: 'bypass',
    shortcuts: ['b'],
    enabled: hasNodes,
    run: () => dispatch(toggleBypassed(getDocument(), selected())),
  },
  {
    id: 'mute',
    title: 'Mute (don’t run)',
    group: 'Edit',
    icon: 'mute',
    shortcuts: ['m'],
    enabled: hasNodes,
    run: () => dispatch(toggleMuted(getDocument(), selected())),
  },
  { id: 'select-all', title: 'Select all', group: 'Edit', shortcuts: ['mod+a'], run: selectAll },
  {
    id: 'select-none',
    title: 'Clear the selection',
    group: 'Edit',
    shortcuts: ['escape'],
    enabled: hasSelection,
    run: () => editor.select({}),
  },
  {
    id: 'next-problem',
    title: 'Go to the next problem',
    group: 'Go to',
    icon: 'error',
    shortcuts: ['f8', '.'],
    enabled: ({ problems }) => problems.length > 0,
    run: focusProblem,
  },
]
