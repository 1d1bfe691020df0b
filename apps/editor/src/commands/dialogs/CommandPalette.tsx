import type { ReactElement } from 'react'
import { editor } from '../../document/store.js'
import { Dialog } from '../../ui/Dialog.js'
import { Icon } from '../../ui/Icon.js'
import { SearchList } from '../../ui/lists/SearchList.js'
import { ui } from '../../page/page-store.js'
import { commandGroups, isEnabled } from '../lists/app-command.js'
import { commands } from '../commands.js'
import { Keys } from '../keys/Keys.js'
import '../commands.css'

/** Every command that can be used now, by typing. */
export function CommandPalette(): ReactElement {
  const close = (): void => ui.set({ dialog: null })
  const items = commandGroups.flatMap((group) =>
    commands
      .filter(
        (command) => command.group === group && command.id !== 'commands' && isEnabled(command, editor.get(), ui.get()),
      )
      .map((command) => ({ command, title: command.title, words: `${group} ${command.keywords ?? ''}` })),
  )
  return (
    <Dialog title="Commands" hideTitle onClose={close} className="command-dialog">
      <SearchList
        label="Search commands"
        placeholder="What do you want to do?"
        items={items}
        keyOf={({ command }) => command.id}
        groupOf={({ command }) => command.group}
        empty="No command is available right now."
        onEscape={close}
        onChoose={({ command }) => {
          close()
          // After the dialog has given the focus back.
          setTimeout(() => command.run(), 0)
        }}
        render={({ command }) => (
          <>
            <span className="command-icon">{command.icon !== undefined && <Icon name={command.icon} />}</span>
            <span>{command.title}</span>
            {command.shortcuts?.[0] !== undefined && (
              <span className="option-end">
                <Keys shortcut={command.shortcuts[0]} />
              </span>
            )}
          </>
        )}
      />
    </Dialog>
  )
}
