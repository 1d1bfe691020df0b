import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { type FileAccess, fileAbove, isFolderOfFormat, type ModelFiles, modelFilesOver } from '@graft/network'
import {
  type AbsentFile,
  DownloadError,
  type DownloadOptions,
  type FetchedFile,
  fetchFile,
  shownAddress,
  type WantedFile,
} from '../downloads/index.js'
import { NodeError } from '../sdk/node-error.js'

/** Files behind an address, as they come. */
export interface RemoteModel {
  readonly files: ModelFiles
  /** Of all files read so far, in the order of their names; of a single one its sha256. */
  checksum(): string
  /** Brings a file that belongs to the model, where there is one. Throws when it can't be had whole. */
  bring(name: string): Promise<void>
  /** The files read so far. */
  fetched(): readonly RemoteFile[]
}

/** One file of a model behind an address. */
export interface RemoteFile {
  readonly name: string
  readonly address: string
  /** Where it is kept. */
  readonly path: string
  readonly bytes: number
  readonly sha256: string
}

/** What is known beforehand of the files of a model. */
export interface RemoteFacts {
  /** Path or name for messages and provenance; the address when left out. */
  readonly label?: string
  /** By the file's name. */
  wanted?(name: string): WantedFile
  /** Whether there is such a file beside the main one; absent: it is asked for. */
  has?(name: string): boolean
  /** All files together, about. */
  readonly bytes?: number | undefined
}

/**
 * A model behind an http(s) address: the file itself (of a folder, an address that ends in "/", its `model.json`), and
 * files beside it on demand: shards, external data, class names. Everything fetched is kept and read in parts.
 */
export function openModelAt(address: string, options: DownloadOptions, facts: RemoteFacts = {}): RemoteModel {
  const base = parseAddress(address)
  const main = decodeURIComponent(base.pathname.split('/').pop() || 'model')
  const fetched = new Map<string, Promise<FetchedFile | AbsentFile>>()
  const read = new Map<string, RemoteFile>()
  const progress = progressOfAll(options, facts.bytes)
  const fetchNow = async (name: string): Promise<FetchedFile | AbsentFile> =>
    name !== main && facts.has?.(name) === false
      ? { answer: 'that there is no such file' }
      : fetchFile(besides(base, main, name), facts.wanted?.(name) ?? {}, { ...options, ...progress(name) })
  const fetch = (name: string): Promise<FetchedFile | AbsentFile> => {
    const known = fetched.get(name) ?? fetchNow(name)
    fetched.set(name, known)
    return known
  }
  const access: FileAccess = {
    size: async (name) => {
      const file = await fetch(name)
      if ('path' in file) {
        read.set(name, { name, address: besides(base, main, name).href, ...file })
        return file.bytes
      }
      if (name === main) throw notThere(base, file)
      return null
    },
    bytes: async (name, from, to) => {
      const file = await fetch(name)
      if ('path' in file) return readPart(file.path, from, to)
      throw notThere(besides(base, main, name), file)
    },
  }
  const above = isFolderOfFormat(folderNameOf(base))
  const files = modelFilesOver(access, { label: facts.label ?? address, main, names: [main], above })
  return {
    files: {
      ...files,
      // What may be there or not is not worth failing for: a model that is kept is used without a connection.
      has: (name) => (name === main ? files.has(name) : files.has(name).catch(onlyWhenAborted(options))),
    },
    bring: async (name) => void (await access.size(name)),
    checksum: () => combined([...read.values()]),
    fetched: () => [...read.values()],
  }
}

/** Progress of one file as that of all: what of each is here, of what is expected of them together. */
function progressOfAll(
  { onProgress }: DownloadOptions,
  expected = 0,
): (name: string) => Pick<DownloadOptions, 'onProgress'> {
  const files = new Map<string, { readonly done: number; readonly total: number }>()
  const sum = (of: 'done' | 'total'): number => [...files.values()].reduce((before, file) => before + file[of], 0)
  return (name) =>
    onProgress === undefined
      ? {}
      : {
          onProgress: (done, total) => {
            files.set(name, { done, total })
            onProgress(sum('done'), Math.max(expected, sum('total'), sum('done')))
          },
        }
}

const onlyWhenAborted =
  ({ signal }: DownloadOptions) =>
  (error: unknown): boolean => {
    if (signal.aborted) throw error
    return false
  }

function combined(files: readonly RemoteFile[]): string {
  const [only] = files
  if (files.length === 1 && only !== undefined) return only.sha256
  const all = files.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  return createHash('sha256')
    .update(all.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join(''))
    .digest('hex')
}

async function readPart(path: string, from: number, to: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(to - from)
  const handle = await open(path)
  try {
    for (let done = 0; done < bytes.length; ) {
      const { bytesRead } = await handle.read(bytes, done, bytes.length - done, from + done)
      if (bytesRead === 0)
        throw new DownloadError(
          'broken',
          `${path} became shorter while it was read.`,
          'Run again: it is fetched once more.',
        )
      done += bytesRead
    }
    return bytes
  } finally {
    await handle.close()
  }
}

function parseAddress(address: string): URL {
  const base = URL.canParse(address) ? new URL(address) : null
  if (base !== null && (base.protocol === 'https:' || base.protocol === 'http:'))
    return base.pathname.endsWith('/') && base.pathname !== '/' ? new URL('model.json', base) : base
  throw new NodeError(
    'source',
    `"${address}" is not an http or https address.`,
    'Give an address such as https://example.org/model.onnx, a path, or embedded:graftnet-64.',
  )
}

function notThere(address: URL, { answer }: AbsentFile): DownloadError {
  return new DownloadError('refused', `${shownAddress(address)} answered ${answer}.`, adviceFor(answer))
}

function adviceFor(answer: string): string {
  return answer === '401' || answer === '403'
    ? 'The server wants to know who asks, or has no such file. For the Hugging Face hub, accept the conditions of the model and set HF_TOKEN; or download the file yourself and give its path.'
    : 'Check the address, or download the file yourself and give its path.'
}

const folderNameOf = ({ pathname }: URL): string => decodeURIComponent(pathname.split('/').at(-2) ?? '')

/** Address of a file in the main file's folder; never outside of it, but for files of settings above an `onnx` folder. */
function besides(base: URL, main: string, name: string): URL {
  if (name === main) return base
  const above = fileAbove(name)
  if (above !== null && isFolderOfFormat(folderNameOf(base))) {
    const address = new URL(`../${above}`, base)
    address.search = base.search
    return address
  }
  const sibling = new URL(name.split('/').map(encodeURIComponent).join('/'), base)
  sibling.search = base.search
  const folder = base.pathname.slice(0, base.pathname.lastIndexOf('/') + 1)
  if (sibling.origin === base.origin && sibling.pathname.startsWith(folder) && !name.split('/').includes('..'))
    return sibling
  throw new NodeError(
    'source',
    `The model at ${base.href} refers to "${name}", outside its own folder.`,
    'Use a model whose weight files lie beside it.',
  )
}
