import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { must } from '@graft/errors'
import { LocalDecoder, type Decoder, type PreparedImage } from './decoder.js'
import { DecodingThread } from './decoding-thread.js'
import { ImagePool } from './image-pool.js'
import { imageLength, type Recipe } from './prepare.js'

/** True when this module is TypeScript source, as in tests: workers can then only come from the last build. */
export const runsFromSource = import.meta.url.endsWith('.ts')

/** The compiled worker; null when there is none (sources that were never built). */
function workerFile(): string | null {
  const file = fileURLToPath(new URL('./worker.js', import.meta.url.replace('/src/loader/', '/dist/loader/')))
  return existsSync(file) ? file : null
}

/**
 * Threads without a loader are kept for the next one so long: starting one takes as long as preparing thirty images.
 */
const idleMilliseconds = 5000

/** The threads of this process, which all loaders share. */
const threads: DecodingThread[] = []
let loaders = 0
let nextLoader = 0
let idle: NodeJS.Timeout | undefined

function borrowThreads(file: string, count: number): readonly DecodingThread[] {
  clearTimeout(idle)
  loaders++
  return Array.from({ length: count }, (_, index) => {
    const known = threads[index]
    return known !== undefined && !known.failed ? known : (threads[index] = new DecodingThread(file))
  })
}

function giveThreadsBack(): void {
  loaders--
  if (loaders > 0) return
  idle = setTimeout(() => void Promise.all(threads.splice(0).map((thread) => thread.terminate())), idleMilliseconds)
  idle.unref()
}

export interface WorkerDecoderOptions {
  readonly threads: number
  /** Bytes of decoded images that all threads together keep. */
  readonly cacheBytes: number
  /** Prepared images that have a place in shared memory; more get memory of their own. */
  readonly places: number
}

/**
 * Prepares in worker threads; null when the compiled worker is missing. What a thread can't do because it doesn't start
 * or dies is prepared in this thread instead: slower, but the same numbers. Throws an Error when the recipe is wrong.
 */
export function startWorkerDecoder(
  recipe: Recipe,
  { threads: count, cacheBytes, places }: WorkerDecoderOptions,
): Decoder | null {
  const file = workerFile()
  if (file === null) return null
  const pool = new ImagePool(places, imageLength(recipe.preprocessing))
  const fallback = new LocalDecoder(recipe, 0)
  const loader = nextLoader++
  const borrowed = borrowThreads(file, count)
  for (const thread of borrowed)
    thread.open(loader, { recipe, cacheBytes: Math.floor(cacheBytes / count), memory: pool.memory })
  let closed = false
  return {
    prepare: (sample, view, index) =>
      new Promise<PreparedImage>((resolve, reject) => {
        if (closed) return reject(new Error('the loader was closed'))
        must(borrowed[index % count], 'a decoding thread').prepare({
          loader,
          sample,
          view,
          pool,
          resolve,
          reject,
          fallBack: () => void fallback.prepare(sample, view).then(resolve, reject),
        })
      }),
    close: async () => {
      if (closed) return
      closed = true
      await fallback.close()
      for (const thread of borrowed) thread.close(loader)
      giveThreadsBack()
    },
  }
}
