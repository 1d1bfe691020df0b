import type { GraphEndpoint } from '@graft/graph-schema'
import type { Side } from '../document/connect.js'
import type { Point } from '../document/geometry.js'
import { createStore, useStoreValue } from './create-store.js'

/**
 * The search that adds a node: where on screen, where on the canvas, and the wire that waits for an end or is to be
 * split.
 */
export interface QuickAddRequest {
  readonly screen: Point
  readonly place: Point
  readonly start?: { readonly end: GraphEndpoint; readonly side: Side }
  readonly wire?: string
}

export type DialogName = 'commands' | 'shortcuts' | 'connect' | 'find' | 'versions' | 'conflict' | 'open-graph'
export type DrawerTab = 'run' | 'history'
export type RunTab = 'training' | 'results' | 'log' | 'problems'

/** A short message above the canvas; errors stay until they are closed. */
export interface Toast {
  readonly id: number
  readonly kind: 'info' | 'success' | 'error'
  readonly text: string
  readonly fix?: string
}

export interface UiState {
  readonly view: 'start' | 'editor'
  readonly dialog: DialogName | null
  readonly quickAdd: QuickAddRequest | null
  readonly menu: { readonly screen: Point; readonly place: Point; readonly on: 'node' | 'wire' | 'canvas' } | null
  readonly palette: boolean
  readonly inspector: boolean
  /** Shows the graph's own form while no node is selected. */
  readonly graphDetails: boolean
  readonly drawer: DrawerTab | null
  /** The tab of the run's panel that somebody chose; null: what matters most at the moment. */
  readonly runTab: RunTab | null
  readonly drawerHeight: number
  readonly minimap: boolean
  readonly toasts: readonly Toast[]
  /** Whether edits are safe in the browser; false after a failed autosave. */
  readonly draftSaved: boolean
  readonly saving: boolean
}

/** High enough for a row of charts. */
export const usualDrawerHeight = 344

export const ui = createStore<UiState>({
  view: 'start',
  dialog: null,
  quickAdd: null,
  menu: null,
  palette: true,
  inspector: true,
  graphDetails: false,
  drawer: null,
  runTab: null,
  drawerHeight: usualDrawerHeight,
  minimap: true,
  toasts: [],
  draftSaved: true,
  saving: false,
})

export const useUi = <Value>(select: (state: UiState) => Value): Value => useStoreValue(ui, select)

let lastToast = 0

/** Shows a message for a few seconds; errors until they are closed. */
export function toast(kind: Toast['kind'], text: string, fix?: string): void {
  const id = ++lastToast
  ui.set({
    toasts: [
      ...ui.get().toasts.filter((other) => other.text !== text),
      { id, kind, text, ...(fix !== undefined && { fix }) },
    ].slice(-4),
  })
  if (kind !== 'error') setTimeout(() => dismiss(id), 4000)
}

export function dismiss(id: number): void {
  ui.set({ toasts: ui.get().toasts.filter((other) => other.id !== id) })
}
