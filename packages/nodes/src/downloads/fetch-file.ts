import { createHash } from 'node:crypto'
import { rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { standInOf } from './check-content.js'
import { DownloadError, notHereYet, reasonOf, shownAddress } from './download-error.js'
import { type FileFacts, forget, isWhole, readFacts, sha256OfFile, writeFacts } from './kept-file.js'
import { type DownloadLimits, freshMilliseconds, usualLimits } from './transfer/limits.js'
import { offlineBy } from './offline.js'
import { claimPart } from './transfer/part-file.js'
import { retry } from './transfer/retry.js'
import { type Outcome, transfer } from './transfer/transfer.js'

export interface DownloadOptions {
  readonly cacheDirectory: string
  readonly signal: AbortSignal
  /** Called with bytes so far and the announced total (0 when unknown). */
  onProgress?(done: number, total: number): void
  /** Hears what a person should know though it is no failure. */
  note?(message: string): void
  /** Ask whether the kept file is still what the server has, however fresh it is (`--no-cache`). */
  readonly readAgain?: boolean
  /** The same, even if this process has asked before. */
  readonly insist?: boolean
  /** False: only what is kept counts, and nothing is asked for. */
  readonly mayFetch?: boolean
  readonly limits?: Partial<DownloadLimits>
}

export interface WantedFile {
  /** Beginning of its sha256 in hexadecimal digits, or all of it. A kept file that has it is never asked for again. */
  readonly sha256?: string | undefined
  /** Bearer token for the address's own origin. */
  readonly token?: string | undefined
  /** Other programs' copies, used as they are when they have the checksum. */
  readonly copies?: readonly string[]
}

export interface FetchedFile {
  readonly path: string
  readonly bytes: number
  readonly sha256: string
}

/** A file that the server doesn't have, or show. */
export interface AbsentFile {
  /** Its status, such as `404`, or what it sent instead. */
  readonly answer: string
}

/**
 * A file of an address, kept in `cacheDirectory` and believed only whole: with the size and checksum that were noted
 * when it came. Asked for again when a checksum is wanted that the kept one doesn't have, when `readAgain` says so, and
 * when it wasn't asked for within a day; a server that can't be reached then doesn't matter.
 * @throws DownloadError when it can't be had, or has another checksum
 */
export async function fetchFile(
  address: URL,
  wanted: WantedFile,
  options: DownloadOptions,
): Promise<FetchedFile | AbsentFile> {
  for (const path of wanted.copies ?? []) {
    const copy = await copyAt(path, wanted)
    if (copy !== null) return copy
  }
  const path = keptPath(address, options)
  const kept = await keptFacts(path)
  if (kept !== null && isFresh(address, kept, wanted, options)) return asFile(path, kept)
  if (options.mayFetch === false) {
    if (kept !== null && hasChecksum(kept.sha256, wanted)) return asFile(path, kept)
    throw notHereYet(shownAddress(address))
  }
  const offline = offlineBy()
  if (offline !== null) {
    if (kept !== null && hasChecksum(kept.sha256, wanted)) return asFile(path, kept)
    throw new DownloadError(
      'unreachable',
      `${shownAddress(address)} isn't here, and ${offline} forbids connections.`,
      `Unset ${offline}, or fetch it once with a connection: \`graft models pull\`.`,
    )
  }
  try {
    return await fetchNow(address, path, kept, wanted, options)
  } catch (error) {
    if (kept === null || options.signal.aborted || !hasChecksum(kept.sha256, wanted) || !mayStandIn(error)) throw error
    options.note?.(
      `${shownAddress(address)} can't be asked whether it changed (${reasonOf(error)}); the copy of ${new Date(kept.checked).toISOString().slice(0, 10)} is used.`,
    )
    return asFile(path, kept)
  }
}

/** Whether a file of this address is here, whole; null when it isn't. Asks no server. */
export async function findKept(
  address: URL,
  wanted: WantedFile,
  options: Pick<DownloadOptions, 'cacheDirectory'>,
): Promise<FetchedFile | null> {
  for (const path of wanted.copies ?? []) {
    const copy = await copyAt(path, wanted)
    if (copy !== null) return copy
  }
  const path = keptPath(address, options)
  const kept = await keptFacts(path)
  if (kept === null || !hasChecksum(kept.sha256, wanted)) return null
  const file = asFile(path, kept)
  return 'path' in file ? file : null
}

/** Where a file of this address is kept. */
export function keptPath(address: URL, { cacheDirectory }: Pick<DownloadOptions, 'cacheDirectory'>): string {
  return join(cacheDirectory, 'downloads', createHash('sha256').update(address.href).digest('hex'))
}

const mayStandIn = (error: unknown): boolean =>
  error instanceof DownloadError && (error.fault === 'unreachable' || error.fault === 'broken')

function asFile(path: string, { bytes, sha256, absent }: FileFacts): FetchedFile | AbsentFile {
  return bytes === undefined || sha256 === undefined ? { answer: absent ?? 'nothing' } : { path, bytes, sha256 }
}

/** What is kept, if it can be believed; what can't is removed. */
async function keptFacts(path: string): Promise<FileFacts | null> {
  const facts = await readFacts(path)
  if (facts === null || facts.absent !== undefined) return facts
  if (await isWhole(path, facts)) return facts
  await forget(path)
  return null
}

/** Addresses that this process has asked already: one run reads a file several times, and means the same one. */
const asked = new Set<string>()

function isFresh(address: URL, facts: FileFacts, wanted: WantedFile, { readAgain, insist }: DownloadOptions): boolean {
  if (insist === true || (facts.absent !== undefined && mayBeShownNow(facts.absent, wanted))) return false
  if (wanted.sha256 !== undefined && facts.absent === undefined) return hasChecksum(facts.sha256, wanted)
  if (asked.has(address.href)) return true
  const age = Date.now() - facts.checked
  return readAgain !== true && age >= 0 && age < freshMilliseconds
}

/** What was not shown to someone without a name may be to someone with one. */
const mayBeShownNow = (absent: string, { token }: WantedFile): boolean =>
  token !== undefined && (absent === '401' || absent === '403')

const hasChecksum = (sha256: string | undefined, wanted: WantedFile): boolean =>
  wanted.sha256 === undefined || sha256?.startsWith(wanted.sha256.toLowerCase()) === true

async function copyAt(path: string, wanted: WantedFile): Promise<FetchedFile | null> {
  const found = wanted.sha256 === undefined ? null : await stat(path).catch(() => null)
  if (found?.isFile() !== true) return null
  const sha256 = await sha256OfFile(path)
  return hasChecksum(sha256, wanted) ? { path, bytes: found.size, sha256 } : null
}

async function fetchNow(
  address: URL,
  path: string,
  kept: FileFacts | null,
  wanted: WantedFile,
  options: DownloadOptions,
): Promise<FetchedFile | AbsentFile> {
  const limits = { ...usualLimits, ...options.limits }
  const deadline = AbortSignal.timeout(limits.whole)
  const signal = AbortSignal.any([options.signal, deadline])
  const part = await claimPart(path)
  // Kept bytes with the wrong checksum are wanted anew, whether or not the server still has the same.
  const current = kept !== null && kept.absent === undefined && hasChecksum(kept.sha256, wanted) ? kept : null
  try {
    const outcome = await retry(
      () =>
        transfer(address, part, {
          signal,
          limits,
          token: wanted.token,
          kept: current,
          ...(options.onProgress && { onProgress: options.onProgress }),
        }),
      { signal, limits, progress: () => part.reached() },
    ).catch((error: unknown) => {
      if (!deadline.aborted || options.signal.aborted) throw error
      throw new DownloadError(
        'broken',
        `${shownAddress(address)} was not here after ${Math.round(limits.whole / 60_000)} minutes.`,
        'Run again: it goes on where it was. Or download the file yourself and give its path.',
      )
    })
    asked.add(address.href)
    if (outcome.kind === 'absent' && current !== null) {
      // Such as a token that ran out: no reason to lose what is here.
      options.note?.(
        `${shownAddress(address)} answered ${outcome.answer} when asked whether it changed; the kept copy is used.`,
      )
      return asFile(path, current)
    }
    return await keep(outcome, address, path, part.path, current, wanted)
  } finally {
    await part.release()
  }
}

async function keep(
  outcome: Outcome,
  address: URL,
  path: string,
  partPath: string,
  current: FileFacts | null,
  wanted: WantedFile,
): Promise<FetchedFile | AbsentFile> {
  const checked = Date.now()
  if (outcome.kind === 'unchanged' && current !== null) {
    await writeFacts(path, { ...current, checked })
    return asFile(path, current)
  }
  if (outcome.kind !== 'whole') {
    const answer = outcome.kind === 'absent' ? outcome.answer : 'that nothing changed, though nothing was here'
    await forget(path)
    await writeFacts(path, { address: shownAddress(address), checked, absent: answer })
    return { answer }
  }
  const sha256 = await checkedSum(address, partPath, wanted)
  const { size: bytes } = await stat(partPath)
  await writeFacts(path, { ...outcome.facts, checked, bytes, sha256 })
  await rename(partPath, path)
  await forget(partPath)
  return { path, bytes, sha256 }
}

/** The checksum of what came. Throws, and keeps nothing of it, when it isn't what was asked for. */
async function checkedSum(address: URL, path: string, wanted: WantedFile): Promise<string> {
  const standIn = await standInOf(path, address.pathname)
  if (standIn !== null) {
    await forget(path)
    throw new DownloadError('content', `${shownAddress(address)} gave ${standIn.title}.`, standIn.advice)
  }
  const sha256 = await sha256OfFile(path)
  if (hasChecksum(sha256, wanted)) return sha256
  await forget(path)
  throw new DownloadError(
    'checksum',
    `${shownAddress(address)} has checksum ${sha256}, not the expected ${wanted.sha256}: the file changed, or the transfer was tampered with. Nothing of it was kept.`,
    'Check where the file comes from; if the new file is right, give its checksum.',
  )
}
