import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ModelFiles } from '@graft/network'
import { NodeError } from '../sdk/node-error.js'

/** Larger files are refused: nothing this program can load is bigger. */
const maximumBytes = 2 ** 31

export interface DownloadOptions {
  readonly cacheDirectory: string
  readonly signal: AbortSignal
  /** Called with bytes so far and the announced total (0 when unknown). */
  onProgress?(done: number, total: number): void
}

/**
 * A model behind an http(s) address: the file itself, and files beside it (the shards of a TensorFlow.js model) on
 * demand. Everything fetched is kept in the cache directory and not fetched again. `checksum()` covers all files read,
 * in the order of their names.
 */
export function openModelUrl(address: string, options: DownloadOptions): ModelFiles & { checksum(): string } {
  const base = parseAddress(address)
  const main = decodeURIComponent(base.pathname.split('/').pop() || 'model')
  const hashes = new Map<string, string>()
  return {
    label: address,
    names: [main],
    read: async (name) => {
      const bytes = await cachedFetch(besides(base, main, name), options)
      hashes.set(name, sha256(bytes))
      return bytes
    },
    checksum: () => {
      const all = [...hashes].toSorted(([a], [b]) => (a < b ? -1 : 1))
      return all.length === 1 && all[0] !== undefined
        ? all[0][1]
        : sha256(Buffer.from(all.map(([name, hash]) => `${hash}  ${name}\n`).join('')))
    },
  }
}

function parseAddress(address: string): URL {
  const base = URL.canParse(address) ? new URL(address) : null
  if (base !== null && (base.protocol === 'https:' || base.protocol === 'http:')) return base
  throw new NodeError(
    'source',
    `"${address}" is not an http or https address.`,
    'Give an address such as https://example.org/model.onnx, a path, or embedded:graftnet-64.',
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

async function cachedFetch(address: URL, options: DownloadOptions): Promise<Uint8Array> {
  const folder = join(options.cacheDirectory, 'downloads')
  const path = join(folder, sha256(Buffer.from(address.href)))
  const kept = await readFile(path).catch(() => null)
  if (kept !== null) return new Uint8Array(kept)
  const bytes = await fetchBytes(address, options)
  await mkdir(folder, { recursive: true })
  const temporary = `${path}.${process.pid}.part`
  await writeFile(temporary, bytes)
  await rename(temporary, path)
  return bytes
}

async function fetchBytes(address: URL, { signal, onProgress }: DownloadOptions): Promise<Uint8Array> {
  const response = await fetch(address, { signal }).catch((error: unknown) => {
    if (signal.aborted) throw error
    throw new NodeError(
      'source',
      `Could not reach ${address.href}: ${reasonOf(error)}.`,
      'Check the address and the network, or download the file yourself and give its path.',
    )
  })
  if (!response.ok || response.body === null) {
    throw new NodeError(
      'source',
      `${address.href} answered ${response.status} ${response.statusText}.`,
      'Check the address, or download the file yourself and give its path.',
    )
  }
  const total = Number(response.headers.get('content-length') ?? 0)
  const chunks: Uint8Array[] = []
  let done = 0
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    done += chunk.byteLength
    if (Math.max(done, total) > maximumBytes)
      throw new NodeError(
        'source',
        `${address.href} is larger than 2 GB.`,
        'Use a smaller model, or download it yourself and give its path.',
      )
    chunks.push(chunk)
    onProgress?.(done, total)
  }
  return new Uint8Array(Buffer.concat(chunks))
}

function reasonOf(error: unknown): string {
  if (error instanceof Error) return error.cause instanceof Error ? error.cause.message : error.message
  return String(error)
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
