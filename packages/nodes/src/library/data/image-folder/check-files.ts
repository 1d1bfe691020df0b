import { createHash } from 'node:crypto'
import { extname } from 'node:path'
import { must } from '@graft/errors'
import { checkImage, type CheckOptions, type ImageCheck } from '../../../image-files/check-image.js'
import { readImageFile } from '../../../image-files/read-image-file.js'
import { loadSharp } from '../../../image-files/sharp-library.js'
import type { ListedFile } from '../../../image-files/list-files.js'
import { otherExtensions } from './other-files.js'
import type { ScanCache } from './scan-cache.js'

export interface CheckedFile<File extends ListedFile> {
  readonly file: File
  /** sha256 of the bytes; empty when the file could not be read. */
  readonly fingerprint: string
  readonly check: ImageCheck
}

export interface CheckFilesOptions extends CheckOptions {
  readonly cache: ScanCache
  readonly signal: AbortSignal
  onProgress(done: number, total: number): void
}

/** Files read and decoded at once; decoding runs on libuv's four threads. */
const filesAtOnce = 6

/** Version of the checks and of the decoder: results of another are not reused. */
export async function checkVersion(): Promise<string> {
  const { versions } = await loadSharp()
  return `5 ${versions.sharp ?? ''} ${versions.vips}`
}

/**
 * Fingerprints and checks every file, several at once; files unchanged since the last time are taken from the cache.
 * Results in the order given. Throws when aborted.
 */
export async function checkFiles<File extends ListedFile>(
  files: readonly File[],
  options: CheckFilesOptions,
): Promise<readonly CheckedFile<File>[]> {
  const results = new Array<CheckedFile<File>>(files.length)
  let next = 0
  let done = 0
  const work = async (): Promise<void> => {
    for (let index = next++; index < files.length; index = next++) {
      options.signal.throwIfAborted()
      const file = must(files[index], 'a file of the list')
      const entry = options.cache.get(file) ?? (await checkFile(file, options))
      options.cache.set(file, entry)
      if (options.cache.isDue()) await options.cache.save(false)
      results[index] = { file, ...entry }
      options.onProgress(++done, files.length)
    }
  }
  await Promise.all(Array.from({ length: filesAtOnce }, work))
  return results
}

async function checkFile(
  file: ListedFile,
  options: CheckOptions,
): Promise<{ readonly fingerprint: string; readonly check: ImageCheck }> {
  const refused = (reason: string): { fingerprint: string; check: ImageCheck } => ({
    fingerprint: '',
    check: { ok: false, reason },
  })
  const extension = extname(file.id).toLowerCase()
  if (otherExtensions.has(extension)) return refused(`not an image (${extension} file)`)
  const bytes = await readImageFile(file)
  if (typeof bytes === 'string') return refused(bytes)
  return {
    fingerprint: createHash('sha256').update(bytes).digest('hex'),
    check: await checkImage(file.id, bytes, options),
  }
}
