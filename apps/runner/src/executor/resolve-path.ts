import { realpathSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { NodeError } from '@graft/nodes'
import { absolutePath, howToAllow, isInsideRoots } from './data-fence.js'

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
    const absolute = absolutePath(path, rules.base)
    if (roots === undefined) return absolute
    const real = followLinks(absolute)
    if (isInsideRoots(real, roots)) return real
    throw new NodeError(
      null,
      `The path "${path}" lies outside the folders that Graft may read here (${rules.roots?.join(', ')}).`,
      howToAllow(path),
    )
  }
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
