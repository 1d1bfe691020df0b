import { createHash } from 'node:crypto'
import { open, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type FileAccess, type ModelFiles, modelFilesOver } from '@graft/network'
import { NodeError } from '../sdk/node-error.js'
import { type DownloadOptions, fetchToFile, sha256OfFile } from './fetch-to-file.js'

export type { DownloadOptions } from './fetch-to-file.js'

/**
 * A model behind an http(s) address: the file itself (of a folder, an address that ends in "/", its `model.json`), and
 * files beside it on demand: shards, external data, class names. Everything fetched is kept in the cache directory, read
 * from there in parts, and not fetched again. `checksum()` covers all files read, in the order of their names.
 */
export function openModelUrl(address: string, options: DownloadOptions): ModelFiles & { checksum(): string } {
  const base = parseAddress(address)
  const main = decodeURIComponent(base.pathname.split('/').pop() || 'model')
  const fetched = new Map<string, Promise<Fetched | Absent>>()
  const hashes = new Map<string, string>()
  const fetch = (name: string): Promise<Fetched | Absent> => {
    const known = fetched.get(name) ?? fetchOnce(besides(base, main, name), options)
    fetched.set(name, known)
    return known
  }
  const access: FileAccess = {
    size: async (name) => {
      const file = await fetch(name)
      if ('path' in file) {
        hashes.set(name, file.sha256)
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
  const files = modelFilesOver(access, { label: address, main, names: [main] })
  return {
    ...files,
    // What may be there or not is not worth failing for: a model in the cache is used without a connection.
    has: (name) => files.has(name).catch(() => false),
    checksum: () => {
      const all = [...hashes].toSorted(([a], [b]) => (a < b ? -1 : 1))
      return all.length === 1 && all[0] !== undefined
        ? all[0][1]
        : createHash('sha256')
            .update(all.map(([name, hash]) => `${hash}  ${name}\n`).join(''))
            .digest('hex')
    },
  }
}

interface Fetched {
  readonly path: string
  readonly bytes: number
  readonly sha256: string
}

/** A file that the server doesn't have, or show. */
interface Absent {
  readonly answer: string
}

async function fetchOnce(address: URL, options: DownloadOptions): Promise<Fetched | Absent> {
  const name = createHash('sha256').update(address.href).digest('hex')
  const path = join(options.cacheDirectory, 'downloads', name)
  const kept = await stat(path).catch(() => null)
  const answer = kept === null ? await fetchToFile(address, path, options) : null
  if (answer !== null) return { answer }
  return { path, bytes: (await stat(path)).size, sha256: await sha256OfFile(path) }
}

async function readPart(path: string, from: number, to: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(to - from)
  const handle = await open(path)
  try {
    await handle.read(bytes, 0, bytes.length, from)
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

function notThere(address: URL, { answer }: Absent): NodeError {
  return new NodeError(
    'source',
    `${address.href} answered ${answer}.`,
    'Check the address, or download the file yourself and give its path.',
  )
}

/** Address of a file in the main file's folder; never outside of it. */
function besides(base: URL, main: string, name: string): URL {
  if (name === main) return base
  const sibling = new URL(name.split('/').map(encodeURIComponent).join('/'), base)
  const folder = base.pathname.slice(0, base.pathname.lastIndexOf('/') + 1)
  if (sibling.origin === base.origin && sibling.pathname.startsWith(folder) && !name.split('/').includes('..'))
    return sibling
  throw new NodeError(
    'source',
    `The model at ${base.href} refers to "${name}", outside its own folder.`,
    'Use a model whose weight files lie beside it.',
  )
}
