import { createHash } from 'node:crypto'
import type { BigIntStats } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'

/** A file below the root. */
export interface ListedFile {
  /** Relative to the root, with forward slashes on every system. */
  readonly id: string
  readonly path: string
  readonly size: number
  /** Changes when the contents do, and never stays the same by mistake; see `stateOf`. */
  readonly state: string
}

export interface Listing {
  /** In order of id, by code units: the same on every machine. */
  readonly files: readonly ListedFile[]
  /** Relative paths of folders, sorted likewise. */
  readonly folders: readonly string[]
  /** Symbolic links that were not followed, and entries that could not be looked at, with the reason. */
  readonly unread: readonly { readonly file: string; readonly reason: string }[]
}

/** Why an entry was left out. */
const linkedFile = 'a symbolic link (set "Follow links" to use it)'
const leadsOut = 'a symbolic link out of the folders that may be read'
export const linkedFolder = 'a symbolic link to a folder (set "Follow links" to use it)'
const unreadableFile = "its name is not valid UTF-8, so it can't be opened (rename it)"
export const unreadableFolder = "a folder whose name is not valid UTF-8, so it can't be opened (rename it)"

/** Folders inside folders inside the class folder, at most. */
const deepest = 12
const systemFiles = new Set(['thumbs.db', 'desktop.ini', '__macosx', '@eadir', '$recycle.bin'])

/** Whether links are followed; `resolvePath` throws for a real path that may not be read. */
export interface LinkRules {
  readonly followLinks: boolean
  resolvePath(path: string): string
}

/**
 * Lists all files below a folder. Every entry counts by where it really is, links followed. Hidden entries and what
 * operating systems leave behind (`.DS_Store`, `Thumbs.db`) are left out silently. Throws when the root can't be read.
 */
export async function listFiles(root: string, { followLinks, resolvePath }: LinkRules): Promise<Listing> {
  const files: ListedFile[] = []
  const folders: string[] = []
  const unread: { file: string; reason: string }[] = []
  const visited = new Set([await realpath(root)])

  async function visitFolder(folder: string, path: string, depth: number): Promise<void> {
    for (const entry of await readdir(path, { withFileTypes: true })) {
      if (isSystemFile(entry.name)) continue
      const id = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isSymbolicLink() && !followLinks)
        unread.push({ file: id, reason: (await isFolder(join(path, entry.name))) ? linkedFolder : linkedFile })
      else if (entry.name.includes('\ufffd') && (await isMissing(join(path, entry.name))))
        unread.push({ file: id, reason: entry.isDirectory() ? unreadableFolder : unreadableFile })
      else if (entry.isSymbolicLink() && !(await mayBeRead(join(path, entry.name))))
        unread.push({ file: id, reason: leadsOut })
      else
        await visitEntry(id, join(path, entry.name), depth).catch((error: unknown) =>
          unread.push({ file: id, reason: `can't be opened (${codeOf(error)})` }),
        )
    }
  }

  /** A link to nothing is left to whoever opens it, to be named as that. */
  async function mayBeRead(link: string): Promise<boolean> {
    const real = await realpath(link).catch(() => null)
    try {
      return real === null || resolvePath(real) !== ''
    } catch {
      return false
    }
  }

  async function visitEntry(id: string, path: string, depth: number): Promise<void> {
    const facts = await stat(path, { bigint: true })
    if (facts.isFile()) files.push({ id, path, size: Number(facts.size), state: stateOf(facts) })
    if (!facts.isDirectory()) return
    const real = await realpath(path)
    // Links can form a circle.
    if (visited.has(real)) return void unread.push({ file: id, reason: 'a link to a folder that is already included' })
    if (depth >= deepest) return void unread.push({ file: id, reason: `a folder more than ${deepest} levels deep` })
    visited.add(real)
    folders.push(id)
    await visitFolder(id, path, depth + 1)
  }

  await visitFolder('', root, 0)
  return {
    files: files.toSorted((left, right) => compareText(left.id, right.id)),
    folders: folders.toSorted(compareText),
    unread,
  }
}

/** A file by itself, or all files below a folder. Throws when there is nothing at the path. */
export async function listPath(path: string, rules: LinkRules): Promise<Listing> {
  const facts = await stat(path, { bigint: true })
  if (facts.isDirectory()) return listFiles(path, rules)
  // Reading a device or a pipe may never end.
  if (!facts.isFile()) throw new Error(`${path} is neither a file nor a folder`)
  const file = { id: basename(path), path, size: Number(facts.size), state: stateOf(facts) }
  return { files: [file], folders: [], unread: [] }
}

/**
 * All that the file system tells of a file's contents. Anybody can set the time of modification back; the time of
 * change is the system's own, and another file put in its place has another number.
 */
export function stateOf({ mtimeNs, ctimeNs, ino }: Pick<BigIntStats, 'mtimeNs' | 'ctimeNs' | 'ino'>): string {
  return `${mtimeNs} ${ctimeNs} ${ino}`
}

/**
 * Changes when a file or a folder is added, removed, renamed or written again, as deep as the listing goes; `version`
 * stands for all else that what is made of the files depends on.
 */
export function fingerprintListing({ files, folders }: Listing, version = ''): string {
  const facts = files.map(({ id, size, state }) => [id, size, state])
  return createHash('sha256')
    .update(JSON.stringify([version, facts, folders]))
    .digest('hex')
}

/** A file by itself, or a folder with all below it; none where there is nothing. */
export async function pathsBelow(path: string, rules: LinkRules): Promise<readonly string[]> {
  const listing = await listPath(path, rules).catch(() => null)
  if (listing === null) return []
  return listing.files.some((file) => file.path === path) ? [path] : pathsOfListing(path, listing)
}

/** Paths of the root and of all that was listed below it. */
export function pathsOfListing(root: string, { files, folders }: Listing): readonly string[] {
  return [root, ...folders.map((folder) => join(root, folder)), ...files.map(({ path }) => path)]
}

/**
 * Order by UTF-16 code units: no locale, so class order is the same everywhere (and as in Python's `sorted` for all but
 * rare characters).
 */
export function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}

function isSystemFile(name: string): boolean {
  return name.startsWith('.') || systemFiles.has(name.toLowerCase())
}

/** Whether a link leads to a folder. */
async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (facts) => facts.isDirectory(),
    () => false,
  )
}

async function isMissing(path: string): Promise<boolean> {
  return stat(path).then(
    () => false,
    (error: unknown) => codeOf(error) === 'ENOENT',
  )
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}
