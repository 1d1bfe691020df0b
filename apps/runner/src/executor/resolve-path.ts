import { realpathSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve, sep } from 'node:path'
import { homedir } from 'node:os'
import { NodeError } from '@graft/nodes'

export interface PathRules {
  /** Folder of the graph file; relative paths start here. */
  readonly base: string
  /**
   * Folders that paths must stay inside, after following links. Absent: anywhere, as for a person's own command line.
   */
  readonly roots?: readonly string[]
}

/**
 * Makes the function that turns a path written in a graph into an absolute one: relative to the graph file, `~` for the
 * home folder. With roots, throws NodeError when the path, links followed, leaves all of them. The path need not exist.
 */
export function createPathResolver(rules: PathRules): (path: string) => string {
  const roots = rules.roots?.map(followLinks)
  return (path) => {
    if (path.includes('\0'))
      throw new NodeError(null, 'The path holds a null character, which no file name can have.', 'Type the path again.')
    const home = path === '~' || path.startsWith('~/')
    const absolute = home
      ? join(homedir(), path.slice(1))
      : isAbsolute(path)
        ? resolve(path)
        : resolve(rules.base, path)
    if (roots === undefined) return absolute
    const real = followLinks(absolute)
    if (roots.some((root) => isInside(real, root))) return real
    throw new NodeError(
      null,
      `The path "${path}" lies outside the folders this server may read (${rules.roots?.join(', ')}).`,
      'Move the data into one of them, or start the server with another data root.',
    )
  }
}

function isInside(path: string, root: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep)
}

/** Follows links of the part of the path that exists; what doesn't exist can't be a link. */
function followLinks(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    const parent = dirname(path)
    return parent === path
      ? path
      : join(followLinks(parent), path.slice(parent.endsWith(sep) ? parent.length : parent.length + 1))
  }
}
