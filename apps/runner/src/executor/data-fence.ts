import { realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join, relative, resolve, sep } from 'node:path'

/** Folders of a person's home that hold what programs keep about them: keys, passwords, caches. */
const keptByPrograms: readonly string[] = ['Library', 'AppData']

/**
 * Whether a path, links followed, lies in one of the folders that may be read. A home folder stands for what a person
 * sees in it: what is hidden, and what programs keep there, is outside unless a root of its own leads to it.
 */
export function isInsideRoots(path: string, roots: readonly string[]): boolean {
  return roots.some((root) => isBelow(path, root) && !(root === realHome() && isPrivate(relative(root, path))))
}

/** A path as a person writes it, absolute: `~` is the home folder, and relative ones start at `base`. */
export function absolutePath(path: string, base: string): string {
  if (path === '~' || path.startsWith('~/')) return join(homedir(), path.slice(1))
  return isAbsolute(path) ? resolve(path) : resolve(base, path)
}

/** How another folder is allowed: the commands, ready to be copied. `path` is what was asked for. */
export function howToAllow(path: string): string {
  const folder = /[^/\\]\.\w{2,11}$/.test(path) ? path.replace(/[/\\][^/\\]*$/, '') || '/' : path
  const word = isAbsolute(folder) || folder.startsWith('~') ? quoted(folder) : 'FOLDER'
  return `Choose a path inside one of these, or start Graft again with the folder allowed: npm start -- --data-root ${word} (or graft serve --data-root ${word}).`
}

function isBelow(path: string, root: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep)
}

function isPrivate(path: string): boolean {
  const parts = path.split(sep)
  return parts.some((part) => part.startsWith('.')) || keptByPrograms.includes(parts[0] ?? '')
}

function realHome(): string {
  try {
    return realpathSync(homedir())
  } catch {
    return homedir()
  }
}

/** For a shell; what needs no quotes gets none. */
const quoted = (text: string): string =>
  /^[\w./~:@%+-]+$/.test(text) ? text : `'${text.slice(0, 1000).replaceAll("'", "'\\''")}'`
