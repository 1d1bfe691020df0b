import { DownloadError, shownAddress } from './download-error.js'
import { type DownloadOptions, fetchFile, type WantedFile } from './fetch-file.js'
import { readFile } from 'node:fs/promises'

/** Answers of a hub are lists of names; more is something else. */
const largestText = 32 * 2 ** 20

/**
 * A short text of an address, such as a hub's answer; kept like a file. Null when the server doesn't have it, or show it.
 * @throws DownloadError like `fetchFile`
 */
export async function fetchText(address: URL, wanted: WantedFile, options: DownloadOptions): Promise<string | null> {
  const { onProgress: _, ...quiet } = options
  const file = await fetchFile(address, wanted, {
    ...quiet,
    limits: { ...options.limits, maximumBytes: largestText },
  })
  if (!('path' in file)) return null
  if (file.bytes > largestText)
    throw new DownloadError('content', `${shownAddress(address)} sent ${file.bytes} bytes; a short text was expected.`)
  return readFile(file.path, 'utf8')
}
