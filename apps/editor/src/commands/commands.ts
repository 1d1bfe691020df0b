import { editor } from '../document/store.js'
import { ui } from '../page/page-store.js'
import { isEnabled } from './lists/app-command.js'
import type { AppCommand } from './lists/app-command.js'
import { annotationCommands } from './lists/annotation-commands.js'
import { editCommands } from './lists/edit-commands.js'
import { graphCommands } from './lists/graph-commands.js'
import { groupCommands } from './lists/group-commands.js'
import { lookCommands } from './lists/look-commands.js'
import { runCommands } from './lists/run-commands.js'
import { viewCommands } from './lists/view-commands.js'

/** Everything that can be done, once. */
export const commands: readonly AppCommand[] = [
  ...graphCommands,
  ...editCommands,
  ...annotationCommands,
  ...runCommands,
  ...viewCommands,
  ...lookCommands,
  ...groupCommands,
]

/** The command with this id. Throws an Error when there is none: a menu names what doesn't exist. */
export function commandOf(id: string): AppCommand {
  const command = commands.find((candidate) => candidate.id === id)
  if (command === undefined) throw new Error(`There is no command "${id}". Use an id from commands/commands.ts.`)
  return command
}

/** Does it when it can be done now; false otherwise. */
export function runCommand(id: string): boolean {
  const command = commandOf(id)
  if (!isEnabled(command, editor.get(), ui.get())) return false
  command.run()
  return true
}
