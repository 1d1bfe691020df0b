import { mkdirSync, realpathSync } from 'node:fs'
import { access, constants, realpath, stat } from 'node:fs/promises'
import type { Stats } from 'node:fs'
import { basename, dirname, isAbsolute, resolve, sep } from 'node:path'
import type { DataRoot } from '@graft/graph-schema'
import { hash } from '../../cache/cache-key.js'
import { HttpProblem } from '../http/http-problem.js'
import { ServerError } from '../options/server-options.js'

/** The folders that graphs and clients may read. A path counts by where it really is, after following every link. */
export interface DataRoots {
  /** Real paths, the first being where relative paths start. */
  readonly paths: readonly string[]
  readonly base: string
  /** Where uploads go; the last of the roots. */
  readonly uploads: string
  list(): Promise<DataRoot[]>
  /** Throws HttpProblem: 403 outside of the roots, 404 when there is nothing. */
  find(path: string): Promise<{ readonly path: string; readonly stats: Stats }>
  /** The folder above, or null at a root. */
  parentOf(path: string): string | null
}

/** Opens the roots; throws ServerError when one is not there. Creates the folder for uploads. */
export function openDataRoots(given: readonly string[], uploads: string): DataRoots {
  mkdirSync(uploads, { recursive: true })
  const paths = [...new Set([...given.map(realRoot), realpathSync(uploads)])]
  const base = paths[0] ?? realpathSync(uploads)
  const isInside = (path: string): boolean =>
    paths.some((root) => path === root || path.startsWith(root.endsWith(sep) ? root : root + sep))
  return {
    paths,
    base,
    uploads: realpathSync(uploads),
    list: () =>
      Promise.all(
        paths.map(async (path) => ({
          id: hash(path).slice(0, 12),
          path,
          title: path === realpathSync(uploads) ? 'Uploads' : basename(path) || path,
          writable: path === realpathSync(uploads) && (await isWritable(path)),
        })),
      ),
    find: async (given) => {
      if (given.includes('\0'))
        throw new HttpProblem(
          400,
          'path-invalid',
          'The path holds a null character, which no file name can have. Type it again.',
        )
      const absolute = isAbsolute(given) ? resolve(given) : resolve(base, given)
      const real = await realpath(absolute).catch(() => null)
      // Whether something outside exists is no one's business, so that is not told apart.
      if (real === null ? !isInside(absolute) : !isInside(real))
        throw new HttpProblem(
          403,
          'outside-data-roots',
          'The path lies outside the folders that this server may read. Choose one inside a data root, or start the server with another --data-root.',
        )
      const stats = real === null ? null : await stat(real).catch(() => null)
      if (real === null || stats === null)
        throw new HttpProblem(
          404,
          'not-found',
          'There is nothing at this path. Browse the data roots to find what there is.',
        )
      return { path: real, stats }
    },
    parentOf: (path) => (paths.includes(path) ? null : dirname(path)),
  }
}

function realRoot(path: string): string {
  try {
    return realpathSync(resolve(path))
  } catch {
    throw new ServerError(`The data root ${path} is not there.`, 'Give a folder that exists.')
  }
}

async function isWritable(path: string): Promise<boolean> {
  return access(path, constants.W_OK).then(
    () => true,
    () => false,
  )
}
