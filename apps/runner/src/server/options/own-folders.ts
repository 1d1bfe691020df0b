import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, join } from 'node:path'

/** A folder of the person who starts the program. */
export interface OwnFolder {
  readonly path: string
  readonly title: string
  /** Look through it for networks that can be offered. */
  readonly hasModels: boolean
}

const usual = ['Documents', 'Downloads', 'Pictures', 'Desktop'] as const

/**
 * Where a person's photos and networks mostly are, as far as these folders exist: documents, downloads, pictures and
 * desktop (by the names that the desktop has given them, on Linux), then the home folder itself. Nothing is written to
 * them, and what is hidden in the home folder stays out (`isInsideRoots`).
 */
export function findOwnFolders(home: string = homedir()): readonly OwnFolder[] {
  const named = namedByDesktop(home)
  const below = usual.map((name) => named.get(name.toUpperCase()) ?? join(home, name))
  return [
    ...below
      .filter((path) => path !== home && existsSync(path))
      .map((path) => ({ path, title: basename(path), hasModels: true })),
    ...(existsSync(home) ? [{ path: home, title: 'Home', hasModels: false }] : []),
  ]
}

/** `~/.config/user-dirs.dirs`: https://www.freedesktop.org/wiki/Software/xdg-user-dirs/ */
function namedByDesktop(home: string): ReadonlyMap<string, string> {
  try {
    const text = readFileSync(join(home, '.config', 'user-dirs.dirs'), 'utf8')
    const lines = text.matchAll(/^XDG_(DOCUMENTS|PICTURES|DESKTOP|DOWNLOAD)_DIR="\$HOME\/([^"\n]+)"$/gm)
    return new Map(
      [...lines].map(([, kind, folder]) => [
        kind === 'DOWNLOAD' ? 'DOWNLOADS' : (kind ?? ''),
        join(home, folder ?? ''),
      ]),
    )
  } catch {
    return new Map()
  }
}
