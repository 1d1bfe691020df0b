import type { ReactElement } from 'react'
import { isEnabled } from './lists/app-command.js'
import { commandOf, runCommand } from './commands.js'
import { shortcutText } from './keys/shortcuts.js'
import { useEditor } from '../document/store.js'
import { IconButton } from '../ui/Button.js'
import { ui } from '../page/page-store.js'

/** An icon button for a command: its title, keys and whether it can be used come from the one list. */
export function CommandButton({
  id,
  size = 'm',
  pressed,
}: {
  readonly id: string
  readonly size?: 's' | 'm'
  readonly pressed?: boolean
}): ReactElement {
  const command = commandOf(id)
  const enabled = useEditor((state) => isEnabled(command, state, ui.get()))
  const shortcut = shortcutText(command.shortcuts?.[0])
  return (
    <IconButton
      icon={command.icon ?? 'more'}
      label={command.title}
      size={size}
      disabled={!enabled}
      onClick={() => runCommand(id)}
      {...(shortcut !== '' && { shortcut })}
      {...(pressed !== undefined && { pressed })}
    />
  )
}
