import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { NodeError } from '../sdk/node-error.js'

/** Larger files are refused: nothing this program can load is bigger. */
const maximumBytes = 2 ** 31

/** Answers that mean "there is no such file": stores without listing rights say 401 or 403 for it. */
const absent = [401, 403, 404, 410]

export interface DownloadOptions {
  readonly cacheDirectory: string
  readonly signal: AbortSignal
  /** Called with bytes so far and the announced total (0 when unknown). */
  onProgress?(done: number, total: number): void
}

/**
 * Fetches a file to `path`, as it comes: whole, or not at all. Null when it is there, else what the server answered
 * instead of a file that it doesn't have or show.
 * @throws NodeError for field `source` when the server can't be reached, refuses, breaks off, or sends too much
 */
export async function fetchToFile(address: URL, path: string, options: DownloadOptions): Promise<string | null> {
  const response = await fetch(address, { signal: options.signal }).catch((error: unknown) => {
    throw options.signal.aborted ? error : failed(`Could not reach ${address.href}: ${reasonOf(error)}.`)
  })
  if (absent.includes(response.status)) {
    await response.body?.cancel()
    return answerOf(response)
  }
  if (!response.ok || response.body === null) throw failed(`${address.href} answered ${answerOf(response)}.`)
  await mkdir(dirname(path), { recursive: true })
  const temporary = `${path}.${process.pid}.part`
  try {
    const total = Number(response.headers.get('content-length') ?? 0)
    await pipeline(Readable.fromWeb(response.body), counted(address, total, options), createWriteStream(temporary), {
      signal: options.signal,
    })
    await rename(temporary, path)
    return null
  } catch (error) {
    await rm(temporary, { force: true })
    if (options.signal.aborted || error instanceof NodeError) throw error
    throw failed(`The transfer of ${address.href} broke off: ${reasonOf(error)}.`)
  }
}

/** The sha256 of a file, read in pieces. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

function counted(address: URL, total: number, { onProgress }: DownloadOptions): Transform {
  let done = 0
  return new Transform({
    transform: (chunk: Uint8Array, _, next) => {
      done += chunk.byteLength
      if (Math.max(done, total) > maximumBytes)
        return next(new NodeError('source', `${address.href} is larger than 2 GB.`, 'Use a smaller model.'))
      onProgress?.(done, total)
      next(null, chunk)
    },
  })
}

const answerOf = ({ status, statusText }: Response): string => `${status} ${statusText}`.trim()

function failed(message: string): NodeError {
  return new NodeError(
    'source',
    message,
    'Check the address and the network, or download the file yourself and give its path.',
  )
}

function reasonOf(error: unknown): string {
  if (error instanceof Error) return error.cause instanceof Error ? error.cause.message : error.message
  return String(error)
}
