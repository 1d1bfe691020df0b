import { readdir, rename, rm, stat } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { join, sep } from 'node:path'
import type { GraphDocument, UploadedFolder } from '@graft/graph-schema'
import { absolutePath } from '../../executor/data-fence.js'
import { HttpProblem, notFound } from '../http/http-problem.js'
import type { Services } from '../services/services.js'
import { stagedName } from './staging.js'

type Needs = Pick<Services, 'roots' | 'runs' | 'limits'>

/** What was uploaded, newest first. Looks at as many files as an upload may have. */
export async function listUploads({ roots, runs, limits }: Needs): Promise<UploadedFolder[]> {
  const read = pathsInUse(runs)
  const entries = await readdir(roots.uploads, { withFileTypes: true })
  const uploads = await Promise.all(
    entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(async ({ name }): Promise<UploadedFolder> => {
        const path = join(roots.uploads, name)
        const savedAt = (await stat(path)).mtime.toISOString()
        const size = { files: 0, bytes: 0 }
        await measure(path, size, limits.uploadFiles)
        return { name, path, ...size, savedAt, inUse: isRead(path, read) }
      }),
  )
  return uploads.toSorted((a, b) => (a.savedAt < b.savedAt ? 1 : a.savedAt > b.savedAt ? -1 : 0))
}

/** Deletes an upload: out of sight at once, then file by file. Throws HttpProblem 404, or 409 while a run reads it. */
export async function deleteUpload(name: string, { roots, runs }: Needs): Promise<void> {
  const entries = await readdir(roots.uploads, { withFileTypes: true })
  const folder = entries.find((entry) => entry.name === name && entry.isDirectory() && !name.startsWith('.'))
  if (folder === undefined) throw notFound(`upload "${name}"`, 'The list of uploads shows which there are.')
  const path = join(roots.uploads, name)
  if (isRead(path, pathsInUse(runs)))
    throw new HttpProblem(
      409,
      'upload-in-use',
      `A run that waits or runs reads the upload "${name}". Wait until it is over, or cancel it.`,
    )
  const gone = join(roots.uploads, stagedName(randomBytes(8).toString('hex')))
  await rename(path, gone)
  await rm(gone, { recursive: true, force: true })
}

async function measure(folder: string, size: { files: number; bytes: number }, mostFiles: number): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    if (size.files >= mostFiles) return
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await measure(path, size, mostFiles)
    else if (entry.isFile()) {
      size.files += 1
      size.bytes += (await stat(path).catch(() => null))?.size ?? 0
    }
  }
}

/** Every text of the graphs that wait or run, as the path that it would be. */
function pathsInUse(runs: Services['runs']): readonly string[] {
  return [...runs.running(), ...runs.queued()].flatMap(({ summary }) => {
    const { document, base } = runs.requestOf(summary.id)
    return textsOf(document).map((text) => absolutePath(text, base))
  })
}

function textsOf({ nodes }: GraphDocument): readonly string[] {
  return Object.values(nodes).flatMap(({ params }) =>
    Object.values(params).flatMap((value) => (typeof value === 'string' && value !== '' ? [value] : [])),
  )
}

const isRead = (folder: string, paths: readonly string[]): boolean =>
  paths.some((path) => path === folder || path.startsWith(folder + sep))
