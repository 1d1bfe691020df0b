import { must } from '@graft/errors'
import { open, readdir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { fileAbove, isFolderOfFormat } from './claims/neighbours.js'
import { FormatError } from '../weight-format.js'
import { type FileAccess, type ModelFiles, modelFilesOver } from './model-files.js'

export interface OpenModelFilesOptions {
  /** Largest piece that is read at once, in bytes. Default 2 GiB less one: what one buffer can hold everywhere. */
  readonly maximumBytes?: number
  /** Told the real path of every link that is followed out of the folder; throws where it may not be read. */
  checkPath?(path: string): unknown
}

const maximumFiles = 10_000
const maximumDepth = 4

/**
 * Opens a model on disk: a folder (listed up to four levels deep, hidden entries left out) or one file, with what lies
 * beside and below it. Links are followed where they stay inside the folder, or lead to the contents of the hub cache
 * that the folder is in, as the Hugging Face hub lays out its downloads; nothing else outside is reachable.
 * @throws FormatError when the path doesn't exist or is neither file nor folder
 */
export async function openModelFiles(path: string, options: OpenModelFilesOptions = {}): Promise<ModelFiles> {
  const root = resolve(path)
  const status = await stat(root).catch(() => undefined)
  if (!status)
    throw new FormatError(
      `There is no file or folder ${path}.`,
      `Check the path; relative ones start from ${process.cwd()}.`,
    )
  const { maximumBytes } = options
  const limit = maximumBytes === undefined ? {} : { maximumBytes }
  if (status.isFile()) {
    const folder = await openFolder(dirname(root), options)
    const main = basename(root)
    const above = isFolderOfFormat(basename(dirname(root))) ? await openAbove(dirname(dirname(root)), options) : null
    const locate = async (name: string): Promise<string | null> => {
      if (name === main) return root
      const file = fileAbove(name)
      return file === null ? folder.locate(name) : (above?.locate(file) ?? null)
    }
    return modelFilesOver(accessTo(locate), { label: path, main, names: [main], above: above !== null, ...limit })
  }
  if (status.isDirectory()) {
    const folder = await openFolder(root, options)
    return modelFilesOver(accessTo(folder.locate), { label: path, main: null, ...limit, ...(await folder.list(path)) })
  }
  throw new FormatError(
    `${path} is neither a file nor a folder.`,
    'Give the path of a model file, or of the folder that holds its files.',
  )
}

/** The folder above that of a given file, where it may be read. */
async function openAbove(root: string, options: OpenModelFilesOptions): Promise<Folder | null> {
  try {
    options.checkPath?.(await realpath(root))
    return await openFolder(root, options)
  } catch {
    return null
  }
}

interface Folder {
  /** Where a file of the folder is, or null when it isn't there or may not be read. */
  locate(name: string): Promise<string | null>
  list(label: string): Promise<Required<Pick<ModelFiles, 'names' | 'leftOut'>>>
}

async function openFolder(root: string, { checkPath }: OpenModelFilesOptions): Promise<Folder> {
  const real = await realpath(root)
  const contents = hubContents(real)
  const mayBeRead = async (location: string): Promise<boolean> => {
    const target = await realpath(location).catch(() => null)
    if (target === null) return false
    if (isInside(target, real)) return true
    if (contents === null || !isInside(target, contents)) return false
    checkPath?.(target)
    return true
  }
  const isFile = async (location: string): Promise<boolean> =>
    (await stat(location).catch(() => null))?.isFile() === true
  return {
    locate: async (name) => {
      const location = join(root, name)
      const isPlain = name !== '' && !/[\\\0]/.test(name) && !name.split('/').some((part) => /^\.|^$/.test(part))
      return isPlain && (await mayBeRead(location)) && (await isFile(location)) ? location : null
    },
    list: (label) =>
      listFiles(root, label, async (location) => (await mayBeRead(location)) && (await isFile(location))),
  }
}

/** Where a snapshot in a Hugging Face cache keeps what its links lead to: `models--NAME/blobs`; null elsewhere. */
function hubContents(real: string): string | null {
  const parts = real.split(sep)
  const repository = parts.findLastIndex((part) => part.startsWith('models--'))
  return repository >= 0 && parts[repository + 1] === 'snapshots'
    ? [...parts.slice(0, repository + 1), 'blobs'].join(sep)
    : null
}

const isInside = (path: string, folder: string): boolean =>
  path.startsWith(folder.endsWith(sep) ? folder : folder + sep)

async function listFiles(
  root: string,
  label: string,
  leadsToFile: (location: string) => Promise<boolean>,
): Promise<Required<Pick<ModelFiles, 'names' | 'leftOut'>>> {
  const names: string[] = []
  const leftOut: string[] = []
  const visit = async (directory: string, depth: number): Promise<void> => {
    for (const entry of await readdir(directory, { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue
      const location = join(directory, entry.name)
      const name = relative(root, location).split(sep).join('/')
      if (entry.isDirectory() && depth < maximumDepth) await visit(location, depth + 1)
      else if (entry.isFile() || (entry.isSymbolicLink() && (await leadsToFile(location)))) names.push(name)
      else if (entry.isSymbolicLink()) leftOut.push(`${name} (a link to a folder, or out of this one)`)
      if (names.length > maximumFiles)
        throw new FormatError(
          `${label} holds more than ${maximumFiles} files.`,
          'Give the folder of one model, or its file.',
        )
    }
  }
  await visit(root, 1)
  return { names: names.sort(), leftOut: leftOut.sort() }
}

/** Every name is looked up and checked once; a file that becomes shorter meanwhile is noticed when it is read. */
function accessTo(locate: (name: string) => Promise<string | null>): FileAccess {
  const places = new Map<string, Promise<{ readonly location: string; readonly size: number } | null>>()
  const find = async (name: string): Promise<{ readonly location: string; readonly size: number } | null> => {
    const location = await locate(name)
    return location === null ? null : { location, size: (await stat(location)).size }
  }
  const place = (name: string): ReturnType<typeof find> => {
    const known = places.get(name) ?? find(name)
    places.set(name, known)
    return known
  }
  return {
    size: async (name) => (await place(name))?.size ?? null,
    bytes: async (name, from, to) => readBytes(must(await place(name), `the file ${name}`).location, from, to),
  }
}

/** Into memory of their own, so that nothing else is kept by keeping a part. */
async function readBytes(location: string, from: number, to: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(to - from)
  const handle = await open(location)
  try {
    let done = 0
    while (done < bytes.length) {
      const { bytesRead } = await handle.read(bytes, done, bytes.length - done, from + done)
      if (bytesRead === 0)
        throw new FormatError(`${location} became shorter while it was read.`, 'Let its writer finish, and run again.')
      done += bytesRead
    }
    return bytes
  } finally {
    await handle.close()
  }
}
