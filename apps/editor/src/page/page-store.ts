import type { GraphEndpoint } from '@graft/graph-schema'
import type { Side } from '../document/graph/connect.js'
import type { Point } from '../document/graph/geometry.js'
import { createStore, useStoreValue } from '../ui/store/create-store.js'

/**
 * The search that adds a node: where on screen, where on the canvas, and the wire that waits for an end or is to be
 * split.
 */
export interface QuickAddRequest {
  readonly screen: Point
  readonly place: Point
  readonly start?: { readonly end: GraphEndpoint; readonly side: Side }
  readonly wire?: string
  /** The node that the new one comes to stand beside, wired where their ports allow it. */
  readonly beside?: string
}

export type DialogName =
  | 'commands'
  | 'shortcuts'
  | 'connect'
  | 'find'
  | 'versions'
  | 'conflict'
  | 'open-graph'
  | 'photos'
  | 'look'
  | 'json'
  | 'plugins'
export type DrawerTab = 'run' | 'history'
export type RunTab = 'training' | 'results' | 'log' | 'problems'

export interface UiState {
  readonly view: 'start' | 'editor'
  readonly dialog: DialogName | null
  readonly quickAdd: QuickAddRequest | null
  readonly menu: {
    readonly screen: Point
    readonly place: Point
    /** An annotation is a frame or a note. */
    readonly on: 'node' | 'annotation' | 'wire' | 'canvas' | 'color'
  } | null
  readonly palette: boolean
  readonly inspector: boolean
  /** Shows the graph's own form while no node is selected. */
  readonly graphDetails: boolean
  readonly drawer: DrawerTab | null
  /** The tab of the run's panel that the person chose; null: what matters most at the moment. */
  readonly runTab: RunTab | null
  readonly drawerHeight: number
  readonly minimap: boolean
  /** Whether edits are safe in the browser; false after a failed autosave. */
  readonly draftSaved: boolean
  readonly saving: boolean
}

/** Columns beside the canvas have room; otherwise list and form lie over it. The style sheet's own limit. */
export const wideEnough = '(min-width: 901px)'

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
  draftSaved: true,
  saving: false,
})

export const useUi = <Value>(select: (state: UiState) => Value): Value => useStoreValue(ui, select)
