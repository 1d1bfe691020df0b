import { open, readdir, stat } from 'node:fs/promises'
import { basename, join, relative, resolve, sep } from 'node:path'
import { FormatError, type ModelFiles } from '../weight-format.js'

export interface OpenModelFilesOptions {
  /** Largest single file that is read, in bytes. Default 2 GiB less one: what one buffer can hold everywhere. */
  readonly maximumBytes?: number
}

const defaultMaximumBytes = 2 ** 31 - 1
const maximumFiles = 10_000
const maximumDepth = 4

/**
 * Opens a model on disk: a directory (listed up to four levels deep, hidden entries and links left out) or one file.
 * Only listed names can be read, so nothing outside the directory is reachable.
 * @throws FormatError when the path doesn't exist, is neither file nor directory, or a file is larger than allowed
 */
export async function openModelFiles(
  path: string,
  { maximumBytes = defaultMaximumBytes }: OpenModelFilesOptions = {},
): Promise<ModelFiles> {
  const root = resolve(path)
  const status = await stat(root).catch(() => undefined)
  if (!status)
    throw new FormatError(
      `There is no file or directory ${path}.`,
      `Check the path; relative ones start from ${process.cwd()}.`,
    )
  if (!status.isDirectory() && !status.isFile())
    throw new FormatError(
      `${path} is neither a file nor a directory.`,
      'Give the path of a model file, or of the directory that holds its files.',
    )
  const locations = status.isFile() ? new Map([[basename(root), root]]) : await listFiles(root, path)
  return {
    label: path,
    names: [...locations.keys()],
    read: async (name) => {
      const location = locations.get(name)
      if (!location)
        throw new FormatError(
          `${path} has no file ${name}.`,
          `The model's description mentions it: download the model again, with all its files.`,
        )
      return readBounded(location, maximumBytes)
    },
  }
}

async function listFiles(root: string, label: string): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  const visit = async (directory: string, depth: number): Promise<void> => {
    for (const entry of await readdir(directory, { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue
      const location = join(directory, entry.name)
      if (entry.isDirectory() && depth < maximumDepth) await visit(location, depth + 1)
      else if (entry.isFile()) found.set(relative(root, location).split(sep).join('/'), location)
      if (found.size > maximumFiles)
        throw new FormatError(`${label} holds more than ${maximumFiles} files.`, 'Give the directory of one model.')
    }
  }
  await visit(root, 1)
  return new Map([...found].sort(([left], [right]) => (left < right ? -1 : 1)))
}

/** Reads through one handle, so that the size checked is the size read. */
async function readBounded(location: string, maximumBytes: number): Promise<Uint8Array> {
  const handle = await open(location)
  try {
    const { size } = await handle.stat()
    if (size > maximumBytes)
      throw new FormatError(`${location} has ${size} bytes; at most ${maximumBytes} are read.`, 'Use a smaller model.')
    return new Uint8Array(await handle.readFile())
  } finally {
    await handle.close()
  }
}
