import { createWriteStream } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { DownloadError, reasonOf, shownAddress } from '../download-error.js'
import { type FileFacts, forget } from '../kept-file.js'
import { type DownloadLimits, largestExpansion } from './limits.js'
import type { PartFile } from './part-file.js'
import { type Answer, request } from './request.js'
import { pauseOf, TryAgain } from './retry.js'

/** Answers that mean "there is no such file": stores without listing rights say 401 or 403 for it. */
const absentStatus = [401, 403, 404, 410]
const temporaryStatus = [408, 425, 429, 500, 502, 503, 504]
const unchangedStatus = 304
const partialStatus = 206
const wrongRangeStatus = 416

/** What a try came to: the part is whole, the kept file is what the server has, or it has none. */
export type Outcome =
  | { readonly kind: 'whole'; readonly facts: FileFacts }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'absent'; readonly answer: string }

export interface TransferOptions {
  readonly signal: AbortSignal
  readonly limits: DownloadLimits
  readonly token?: string | undefined
  /** The file that is kept of this address: not sent again when the server still has the same. */
  readonly kept?: FileFacts | null
  onProgress?(done: number, total: number): void
}

/**
 * One try: asks for what is missing of the part and appends it.
 * @throws TryAgain where another try may do, DownloadError where none will
 */
export async function transfer(address: URL, part: PartFile, options: TransferOptions): Promise<Outcome> {
  const before = await part.facts()
  const validator = before?.etag ?? before?.lastModified
  const offset = validator === undefined ? 0 : await part.reached()
  const answer = await request(address, {
    signal: options.signal,
    answerWithin: options.limits.answer,
    token: options.token,
    headers:
      offset > 0 && validator !== undefined ? { range: `bytes=${offset}-`, 'if-range': validator } : asking(options),
  })
  const early = outcomeWithoutBody(answer)
  if (early !== null) {
    answer.body.destroy()
    return early
  }
  if (answer.status === wrongRangeStatus) {
    answer.body.destroy()
    await forget(part.path)
    throw new TryAgain(new DownloadError('broken', `${shownAddress(address)} can't be gone on from byte ${offset}.`), 0)
  }
  const from = answer.status === partialStatus ? await startOf(answer, offset, part) : 0
  const facts = factsOf(address, answer)
  if (from === 0) await part.begin(facts)
  await receive(answer, part, from, options)
  return { kind: 'whole', facts }
}

function asking({ kept }: TransferOptions): Record<string, string> {
  if (kept?.etag !== undefined) return { 'if-none-match': kept.etag }
  return kept?.lastModified === undefined ? {} : { 'if-modified-since': kept.lastModified }
}

function outcomeWithoutBody({ status, address, header }: Answer): Outcome | null {
  if (status === unchangedStatus) return { kind: 'unchanged' }
  if (absentStatus.includes(status)) return { kind: 'absent', answer: String(status) }
  const failure = new DownloadError('refused', `${shownAddress(address)} answered ${status}.`)
  if (temporaryStatus.includes(status)) throw new TryAgain(failure, pauseOf(header('retry-after'), Date.now()))
  if ([200, partialStatus, wrongRangeStatus].includes(status)) return null
  throw failure
}

/** Weak tags tell that the meaning is the same, not the bytes: nothing can be gone on from by them. */
function factsOf(address: URL, { header }: Answer): FileFacts {
  const etag = header('etag')
  const lastModified = header('last-modified')
  return {
    address: shownAddress(address),
    checked: Date.now(),
    ...(etag === undefined || etag.startsWith('W/') ? {} : { etag }),
    ...(lastModified === undefined ? {} : { lastModified }),
  }
}

/** The byte from which a partial answer goes on; it has to be the one that was asked for. */
async function startOf({ header, address, body }: Answer, offset: number, part: PartFile): Promise<number> {
  const start = /^bytes (\d+)-/.exec(header('content-range') ?? '')?.[1]
  if (Number(start) === offset && offset > 0) return offset
  body.destroy()
  await forget(part.path)
  throw new TryAgain(
    new DownloadError('broken', `${shownAddress(address)} sent another part than the one asked for.`),
    0,
  )
}

/** Writes the body behind what is here, and checks that all that was announced came. */
async function receive(answer: Answer, part: PartFile, from: number, options: TransferOptions): Promise<void> {
  const announced = Number(answer.header('content-length') ?? Number.NaN)
  const total = Number.isNaN(announced) ? null : from + announced
  const unpack = unpackerOf(answer)
  if (unpack !== null && from > 0) throw await dropped(part, answer.address, 'a part of a packed file came')
  await checkRoom(total ?? 0, answer, part, options)
  const count = { received: 0, written: 0 }
  const silence = watchSilence(options.limits.silence)
  const signal = AbortSignal.any([options.signal, silence.signal])
  const stages: readonly Transform[] = [
    through((bytes) => {
      silence.heard()
      count.received += bytes
    }),
    ...(unpack === null ? [] : [unpack]),
    through((bytes) => {
      count.written += bytes
      checkSize(count, from, answer, options.limits)
      options.onProgress?.(from + count.written, unpack === null ? (total ?? 0) : 0)
    }),
  ]
  try {
    await join(answer.body, stages, part.path, from, signal)
  } catch (error) {
    if (options.signal.aborted || error instanceof DownloadError) throw error
    if (unpack !== null) await forget(part.path)
    const why = silence.signal.aborted ? `nothing came for ${options.limits.silence / 1000} s` : reasonOf(error)
    throw brokenOff(answer.address, why)
  } finally {
    silence.stop()
  }
  if (!Number.isNaN(announced) && count.received !== announced)
    throw brokenOff(answer.address, `${count.received} of ${announced} bytes came`)
}

const join = (
  body: Readable,
  stages: readonly Transform[],
  path: string,
  from: number,
  signal: AbortSignal,
): Promise<void> =>
  pipeline([body, ...stages, createWriteStream(path, { flags: from > 0 ? 'r+' : 'w', start: from })], { signal })

function brokenOff(address: URL, why: string): TryAgain {
  return new TryAgain(
    new DownloadError(
      'broken',
      `The transfer of ${shownAddress(address)} broke off: ${why}.`,
      'Run again: it goes on where it broke off, if the server allows that. Or download the file yourself and give its path.',
    ),
  )
}

async function dropped(part: PartFile, address: URL, why: string): Promise<TryAgain> {
  await forget(part.path)
  return brokenOff(address, why)
}

function unpackerOf({ header, address }: Answer): Transform | null {
  const encoding = (header('content-encoding') ?? 'identity').trim().toLowerCase()
  if (encoding === 'identity' || encoding === '') return null
  if (encoding === 'gzip' || encoding === 'x-gzip') return createGunzip()
  if (encoding === 'deflate') return createInflate()
  if (encoding === 'br') return createBrotliDecompress()
  throw new DownloadError('refused', `${shownAddress(address)} was sent packed as "${encoding}", which isn't known.`)
}

function checkSize(
  count: { received: number; written: number },
  from: number,
  { address }: Answer,
  limits: DownloadLimits,
): void {
  if (from + count.written > limits.maximumBytes) throw tooLarge(address, limits)
  if (count.written > largestExpansion * count.received + 2 ** 20)
    throw new DownloadError(
      'refused',
      `${shownAddress(address)} unpacks to more than ${largestExpansion} times what is sent, as no model does.`,
      'Check where the file comes from.',
    )
}

function tooLarge(address: URL, { maximumBytes }: DownloadLimits): DownloadError {
  return new DownloadError(
    'refused',
    `${shownAddress(address)} is larger than ${(maximumBytes / 2 ** 30).toPrecision(2)} GB.`,
    'Use a smaller model.',
  )
}

async function checkRoom(
  total: number,
  { address }: Answer,
  part: PartFile,
  { limits }: TransferOptions,
): Promise<void> {
  if (total > limits.maximumBytes) throw tooLarge(address, limits)
  const disk = await statfs(dirname(part.path)).catch(() => null)
  const free = disk === null ? Number.POSITIVE_INFINITY : disk.bavail * disk.bsize
  const needed = total - (await part.reached())
  if (needed > free)
    throw new DownloadError(
      'refused',
      `${shownAddress(address)} needs ${Math.ceil(needed / 1e6)} MB; the disk of ${dirname(part.path)} has ${Math.floor(free / 1e6)} MB left.`,
      'Make room, or set GRAFT_HOME to a folder on another disk.',
    )
}

function watchSilence(milliseconds: number): { readonly signal: AbortSignal; heard(): void; stop(): void } {
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(), milliseconds)
  return { signal: controller.signal, heard: () => timer.refresh(), stop: () => clearTimeout(timer) }
}

function through(see: (bytes: number) => void): Transform {
  return new Transform({
    transform: (chunk: Uint8Array, _, next) => {
      try {
        see(chunk.byteLength)
        next(null, chunk)
      } catch (error) {
        next(error as Error)
      }
    },
  })
}
