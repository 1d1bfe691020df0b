/** Ids of commands; null draws a line. */
export type MenuItems = readonly (string | null)[]

/** What each menu and toolbar offers, in order. */
export const menus = {
  node: ['edit-fields', 'rename', 'connect', 'run-to-here', null, 'bypass', 'mute', 'add-frame', null, 'cut', 'copy', 'duplicate', null, 'delete-heal', 'delete'],
  wire: ['add', null, 'delete'],
  canvas: ['add', 'add-note', 'add-frame', 'paste', null, 'select-all', 'tidy', 'fit', null, 'undo', 'redo'],
  graph: ['save', 'save-copy', 'versions', 'graph-details', null, 'open', 'download', null, 'new', 'close', null, 'commands', 'shortcuts'],
  selection: ['align-left', 'align-right', 'align-top', 'align-bottom', 'distribute-x', null, 'tidy', 'add-frame', 'fit-selection', null, 'duplicate', 'bypass', 'mute', 'delete'],
} as const satisfies Readonly<Record<string, MenuItems>>
