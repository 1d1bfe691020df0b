import { mkdirSync, realpathSync } from 'node:fs'
import { access, constants, realpath, stat } from 'node:fs/promises'
import type { Stats } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import type { DataRoot } from '@graft/graph-schema'
import { hash } from '../../cache/cache-key.js'
import { absolutePath, howToAllow, isInsideRoots } from '../../executor/data-fence.js'
import { HttpProblem } from '../http/http-problem.js'
import type { OwnFolder } from '../options/own-folders.js'
import { ServerError } from '../options/server-options.js'

/** The folders that graphs and clients may read. A path counts by where it really is, after following every link. */
export interface DataRoots {
  /** Real paths, the first being where relative paths start. */
  readonly paths: readonly string[]
  readonly base: string
  /** Those that are looked through for networks. */
  readonly withModels: readonly string[]
  /** Where uploads go. */
  readonly uploads: string
  list(): Promise<DataRoot[]>
  /** Throws HttpProblem: 403 outside of the roots, 404 when there is nothing. */
  find(path: string): Promise<{ readonly path: string; readonly stats: Stats }>
  /** The folder above, or null where that may not be read. */
  parentOf(path: string): string | null
}

interface Root {
  readonly path: string
  readonly title: string
  readonly hasModels: boolean
}

/**
 * Opens the roots; throws ServerError when one of those that were `given` is not there. `own` folders of the person come
 * after them. Creates the folder for uploads.
 */
export function openDataRoots(given: readonly string[], uploadsFolder: string, own: readonly OwnFolder[]): DataRoots {
  mkdirSync(uploadsFolder, { recursive: true })
  const uploads = realpathSync(uploadsFolder)
  const roots = withoutRepeats([
    ...given.map(realRoot).map((path) => ({ path, title: basename(path) || path, hasModels: true })),
    ...own.flatMap(ownRoot),
    { path: uploads, title: 'Uploads', hasModels: true },
  ])
  const paths = roots.map(({ path }) => path)
  const base = paths[0] ?? uploads
  return {
    paths,
    base,
    uploads,
    withModels: roots.filter(({ hasModels }) => hasModels).map(({ path }) => path),
    list: () =>
      Promise.all(
        roots.map(async ({ path, title }) => ({
          id: hash(path).slice(0, 12),
          path,
          title,
          writable: path === uploads && (await isWritable(path)),
        })),
      ),
    find: (path) => findInside(path, paths, base),
    parentOf: (path) => (path !== dirname(path) && isInsideRoots(dirname(path), paths) ? dirname(path) : null),
  }
}

async function findInside(
  given: string,
  paths: readonly string[],
  base: string,
): Promise<{ readonly path: string; readonly stats: Stats }> {
  if (given.includes('\0'))
    throw new HttpProblem(
      400,
      'path-invalid',
      'The path holds a null character, which no file name can have. Type it again.',
    )
  const absolute = absolutePath(given, base)
  const real = await realpath(absolute).catch(() => null)
  // Whether something outside exists is no one's business, so that is not told apart.
  if (!isInsideRoots(real ?? absolute, paths))
    throw new HttpProblem(
      403,
      'outside-data-roots',
      `The path lies outside the folders that Graft may read here: ${listed(paths)}. ${howToAllow(given)}`,
    )
  const stats = real === null ? null : await stat(real).catch(() => null)
  if (real === null || stats === null)
    throw new HttpProblem(404, 'not-found', 'There is nothing at this path. Browse the folders to find what there is.')
  return { path: real, stats }
}

const listed = (paths: readonly string[]): string =>
  paths.length > 8 ? `${paths.slice(0, 8).join(', ')} and ${paths.length - 8} more` : paths.join(', ')

/** The first of each path stays; what was given goes before a person's own folders. */
function withoutRepeats(roots: readonly Root[]): readonly Root[] {
  return roots.filter(({ path }, index) => roots.findIndex((other) => other.path === path) === index)
}

function realRoot(path: string): string {
  try {
    return realpathSync(resolve(path))
  } catch {
    throw new ServerError(`The folder ${path} (--data-root) is not there.`, 'Give a folder that exists.')
  }
}

/** A folder that has gone in the meantime is not offered. */
function ownRoot({ path, ...rest }: OwnFolder): readonly Root[] {
  try {
    return [{ ...rest, path: realpathSync(path) }]
  } catch {
    return []
  }
}

async function isWritable(path: string): Promise<boolean> {
  return access(path, constants.W_OK).then(
    () => true,
    () => false,
  )
}
