import type { EditorState } from '../../document/editor-store.js'
import type { IconName } from '../../ui/Icon.js'
import type { UiState } from '../../page/page-store.js'
import type { Shortcut } from '../keys/shortcuts.js'

export const commandGroups = ['Graph', 'Edit', 'Add', 'Arrange', 'View', 'Run', 'Go to'] as const
export type CommandGroup = (typeof commandGroups)[number]

/**
 * Something that people can do. Menus, key presses, shortcut sheet and command palette all read the one list of these.
 */
export interface AppCommand {
  readonly id: string
  readonly title: string
  /** Other words by which people look for it. */
  readonly keywords?: string
  readonly group: CommandGroup
  readonly icon?: IconName
  /** A CSS colour that menus show beside the title. */
  readonly swatch?: string
  /** The first is shown; all work. */
  readonly shortcuts?: readonly Shortcut[]
  /** Works while the person types in a field too. */
  readonly inFields?: boolean
  /** Works while the person types in a field that shows the document, in place of the browser's own. */
  readonly inDocumentFields?: boolean
  /** The browser does the work on this key press (copy, paste); the shortcut is only shown. */
  readonly byBrowser?: boolean
  /** Where it can be used; default: while a graph is open. */
  readonly view?: 'editor' | 'anywhere'
  readonly enabled?: (state: EditorState, ui: UiState) => boolean
  readonly run: () => void
}

/** Whether a command can be used now. */
export function isEnabled(command: AppCommand, state: EditorState, ui: UiState): boolean {
  return (command.view === 'anywhere' || ui.view === 'editor') && command.enabled?.(state, ui) !== false
}

export const hasNodes = (state: EditorState): boolean => state.selection.nodes.length > 0
export const hasSelection = ({ selection }: EditorState): boolean =>
  selection.nodes.length + selection.edges.length + selection.frames.length + selection.notes.length > 0
export const hasSeveral =
  (count: number) =>
  (state: EditorState): boolean =>
    state.selection.nodes.length >= count
