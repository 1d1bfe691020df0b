import { closeBuiltins } from './close-builtins.js'
import type { WallPermissions } from './close-builtins.js'
import { closeFileHandles, closeProcess } from './close-process.js'
import { closePipes, closeThisMachine } from './close-sockets.js'
import { fix, refusing } from './refuse.js'

/** Globals that write to disk, or that only serve Node's own switches. */
const unwantedGlobals = ['localStorage', 'sessionStorage', 'gc']
const networkGlobals = ['fetch', 'WebSocket', 'EventSource']

/**
 * Closes, before any code of the plugin is loaded, every way out of this process that Node's permission model leaves
 * open. `streams` are those between the plugin and its host. A plugin that may start programs can do everything anyway
 * (a program or thread of its own has no walls); it only has no network by accident.
 */
export async function raiseWalls(permissions: WallPermissions, streams: readonly object[]): Promise<void> {
  if (!permissions.childProcesses) {
    await closeFileHandles()
    closePipes(streams)
    if (permissions.network) closeThisMachine()
    closeProcess()
    for (const name of unwantedGlobals) if (name in globalThis) fix(globalThis, name, undefined)
  }
  if (!permissions.network)
    for (const name of networkGlobals) if (name in globalThis) fix(globalThis, name, refusing('Network', name))
  closeBuiltins(permissions)
}
