import { pathsOfParams, imagesOfInputs } from './plugin-manifest.js'
import type { PluginPermissions } from './plugin-manifest.js'

/** What a person approves, one line each, in plain words. */
export function describePermissions({
  read,
  network,
  childProcesses,
  memoryMegabytes,
  timeoutSeconds,
}: PluginPermissions): string[] {
  return [
    ...read.map(
      (path) =>
        `reads ${path === pathsOfParams ? "the files and folders that you name in its nodes' parameters" : path === imagesOfInputs ? 'the folders of the images that you connect to its nodes' : path}`,
    ),
    ...(read.length === 0 ? ['reads no files but its own'] : []),
    network ? 'USES THE NETWORK: what it reads it can send away' : 'does not use the network',
    childProcesses
      ? 'STARTS OTHER PROGRAMS, which can do everything that you can: approve this only for a plugin you trust completely'
      : 'starts no other programs',
    `takes at most ${memoryMegabytes} MB of memory, and ${timeoutSeconds} s for a node`,
  ]
}
