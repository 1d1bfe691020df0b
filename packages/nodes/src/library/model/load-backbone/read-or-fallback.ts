import type { DownloadOptions } from '../../../downloads/index.js'
import type { FetchingContext } from '../../../sdk/node-context.js'
import { type FingerprintOptions, fingerprintSource } from './fingerprint-source.js'
import { type ReadSource, readSource, type ReadSourceOptions } from './read-source.js'
import { withFallback } from './with-fallback.js'

/** The settings of Load Backbone that say where the network comes from. */
interface SourceParams {
  readonly source: string
  readonly fallback: string
  readonly sha256: string
  readonly architecture: string
  /** Of the image; 0: not set. */
  readonly height: number
  readonly width: number
}

/** A fallback's own checksum and architecture aren't those of the source. */
export async function readOrFallback(
  { source, fallback, sha256, architecture, height, width }: SourceParams,
  options: Omit<ReadSourceOptions, 'sha256'>,
): Promise<ReadSource & { readonly instead: string | null }> {
  let instead: string | null = null
  const side = squareSide(height, width)
  const read = await withFallback(
    source,
    fallback,
    (wanted) =>
      readSource(
        wanted,
        wanted === source
          ? {
              ...options,
              sha256,
              ...(architecture === 'auto' ? {} : { architecture }),
              ...(side > 0 && { inputSize: side }),
            }
          : options,
      ),
    (message) => {
      instead = message
    },
  )
  return { ...read, instead }
}

/** Of a square image, one of whose sides may be left out; 0: there is none. */
export const squareSide = (height: number, width: number): number =>
  height === 0 || width === 0 || height === width ? Math.max(height, width) : 0

/** With the fallback's when that is used, so that the better network is trained on once there is a connection. */
export function fingerprintOf({ source, fallback, sha256 }: SourceParams, context: FetchingContext): Promise<string> {
  return withFallback(
    source,
    fallback,
    (wanted) => fingerprintSource(wanted, wanted === source ? sha256 : '', fingerprintOptions(context)),
    () => undefined,
  )
}

function fingerprintOptions(context: FetchingContext): FingerprintOptions {
  const { cacheDirectory, signal } = context
  return {
    resolvePath: (path) => context.resolvePath(path),
    ...(cacheDirectory === undefined ? {} : { cacheDirectory }),
    ...(signal === undefined ? {} : { signal }),
    ...downloadsOf(context),
    say: (message) => context.emit?.({ type: 'log', level: 'info', message }),
  }
}

/** How downloads tell of themselves, and whether they believe what is kept. */
export function downloadsOf({
  readAgain,
  mayFetch,
  emit,
}: FetchingContext): Pick<DownloadOptions, 'readAgain' | 'mayFetch' | 'onProgress' | 'note'> {
  return {
    ...(mayFetch === undefined ? {} : { mayFetch }),
    ...(readAgain === undefined ? {} : { readAgain }),
    ...(emit && {
      onProgress: (done, total) =>
        emit({ type: 'node-progress', done, total: Math.max(total, done), unit: 'bytes', etaSeconds: null }),
      note: (message) => emit({ type: 'log', level: 'warning', message }),
    }),
  }
}
