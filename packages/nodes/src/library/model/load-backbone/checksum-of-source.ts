import type { FetchingContext } from '../../../sdk/node-context.js'
import { downloadsOf } from './read-or-fallback.js'
import { locateSource } from './model-source.js'
import { fetchLocated } from './open-remote.js'
import { isThere } from './read-source.js'

export interface ChecksumOptions extends Omit<FetchingContext, 'cacheDirectory'> {
  readonly cacheDirectory: string
  /** Hears what is downloaded, how large it is, and from where. */
  say?(message: string): void
  /** Of what a name stands for: it stays until a person removes it. */
  readonly keep?: boolean
}

/**
 * What pins a network that a name or an address stands for: the sha256 that Load Backbone's `sha256` takes. Null for
 * files, folders and embedded networks, which are what they are. With `mayFetch: false` only what is here counts.
 * @param pinned what it has to begin with; empty: anything
 * @throws NodeError when it can't be had, or has another checksum
 */
export async function checksumOfSource(
  source: string,
  pinned: string,
  options: ChecksumOptions,
): Promise<string | null> {
  const located = await locateSource(source, (path) => isThere(path, (given) => options.resolvePath(given)))
  if (located.kind === 'embedded' || located.kind === 'path') return null
  const fetching = {
    ...downloadsOf(options),
    cacheDirectory: options.cacheDirectory,
    ...(options.keep && { keep: true }),
    signal: options.signal ?? new AbortController().signal,
  }
  return (await fetchLocated(located, pinned, fetching, options.say)).sha256
}
