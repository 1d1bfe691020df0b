import { FormatError } from '../weight-format.js'

/**
 * Files of a model with random access by name, so that nothing is read whole to look at its beginning: a folder, or one
 * file (or address) and whatever lies beside it. Names are relative, `/`-separated, and never lead outside.
 */
export interface ModelFiles {
  /** Path or address, for messages. */
  readonly label: string
  /** The file that was given; null when a folder was. */
  readonly main: string | null
  /** A folder's files; of a file or an address only itself, files beside it are asked for with `has`. */
  readonly names: readonly string[]
  /** What lies in the folder and is not among the names, with the reason, for messages. */
  readonly leftOut?: readonly string[]
  /**
   * A file was given, and its folder is named after a format: files of settings may also be asked for in the folder
   * above, as `../config.json`, and nothing else there.
   */
  readonly above?: boolean
  /** Whether there is such a file, listed or beside the given one. */
  has(name: string): Promise<boolean>
  /** In bytes. Throws FormatError, as all that follow, when there is no such file. */
  size(name: string): Promise<number>
  /** The first `bytes` bytes; fewer where the file is shorter. */
  head(name: string, bytes: number): Promise<Uint8Array>
  /** The bytes from `from` up to `to`, in memory of their own. Throws FormatError when the file ends before. */
  range(name: string, from: number, to: number): Promise<Uint8Array>
  /** The whole file. Throws FormatError when it is larger than one piece of memory can be. */
  read(name: string): Promise<Uint8Array>
}

/** Where bytes of files are: what differs between a disk, the network and memory. */
export interface FileAccess {
  /** Size in bytes, or null when there is no such file. */
  size(name: string): Promise<number | null>
  /** The bytes from `from` up to `to`, which lie within the file. */
  bytes(name: string, from: number, to: number): Promise<Uint8Array>
}

/** Largest piece read at once: what one buffer can hold everywhere. */
export const largestPiece = 2 ** 31 - 1

export interface FilesFacts extends Pick<ModelFiles, 'label' | 'main' | 'names' | 'leftOut' | 'above'> {
  /** Largest piece that is read at once. Default 2 GiB less one. */
  readonly maximumBytes?: number
}

/** Files over any way to get at their bytes; checks every range. */
export function modelFilesOver(access: FileAccess, { maximumBytes = largestPiece, ...facts }: FilesFacts): ModelFiles {
  const size = async (name: string): Promise<number> => {
    const found = await access.size(name)
    if (found !== null) return found
    throw new FormatError(
      `The model's description names the file ${name}, which was looked for ${facts.main === null ? 'in' : 'beside'} ${facts.label} and is not there.`,
      'Put it there; if it was never saved, download the model again with all its files.',
    )
  }
  const range = async (name: string, from: number, to: number): Promise<Uint8Array> => {
    const total = await size(name)
    if (to - from > maximumBytes)
      throw new FormatError(
        `${name} in ${facts.label} has ${to - from} bytes to be read at once; at most ${maximumBytes} are.`,
        'Use a smaller model.',
      )
    if (from < 0 || to < from || to > total)
      throw new FormatError(
        `${name} in ${facts.label} has ${total} bytes; bytes ${from} to ${to} of it were expected.`,
        'The file is cut off: download or export it again.',
      )
    return access.bytes(name, from, to)
  }
  return {
    ...facts,
    has: async (name) => (await access.size(name)) !== null,
    size,
    head: async (name, bytes) => range(name, 0, Math.min(bytes, await size(name))),
    range,
    read: async (name) => range(name, 0, await size(name)),
  }
}

/** Files in memory, for tests and for those who have the bytes already. With one file, that is the one given. */
export function filesInMemory(entries: Readonly<Record<string, Uint8Array>>, label = 'memory'): ModelFiles {
  const files = new Map(Object.entries(entries))
  const names = [...files.keys()]
  const access: FileAccess = {
    size: async (name) => files.get(name)?.length ?? null,
    bytes: async (name, from, to) => new Uint8Array(files.get(name)?.subarray(from, to) ?? []),
  }
  return modelFilesOver(access, { label, main: names.length === 1 ? (names[0] ?? null) : null, names })
}
