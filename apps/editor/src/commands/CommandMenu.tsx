import type { ReactElement } from 'react'
import { editor } from '../document/store.js'
import { ui } from '../page/page-store.js'
import { Menu } from '../ui/Menu.js'
import type { MenuEntry, MenuProps } from '../ui/Menu.js'
import { isEnabled } from './lists/app-command.js'
import { commandOf } from './commands.js'
import { Keys } from './keys/Keys.js'
import './commands.css'

/** A menu of commands by their ids, null for a line: titles, keys and what can be used now come from the one list. */
export function CommandMenu({
  items,
  ...rest
}: Omit<MenuProps, 'entries'> & { readonly items: readonly (string | null)[] }): ReactElement {
  return <Menu {...rest} entries={items.map((id) => (id === null ? null : entryOf(id)))} />
}

function entryOf(id: string): MenuEntry {
  const command = commandOf(id)
  const [shortcut] = command.shortcuts ?? []
  return {
    id,
    title: command.title,
    icon: command.icon,
    disabled: !isEnabled(command, editor.get(), ui.get()),
    onChoose: () => command.run(),
    ...(shortcut !== undefined && { end: <Keys shortcut={shortcut} /> }),
    ...(command.swatch !== undefined && { end: <span className="swatch" style={{ background: command.swatch }} /> }),
  }
}
