import { createHash } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { textOf } from '@graft/errors'
import type { Batch, BatchMemory, ImageSource } from '@graft/engines'
import type { Sample, Transform } from '@graft/graph-schema'
import type { Preprocessing } from '@graft/network'
import { NodeError } from '../sdk/node-error.js'
import { LocalDecoder, type Decoder, type PreparedImage } from './decoder.js'
import { imageLength, Preparer, type Recipe } from './prepare.js'
import { runsFromSource, startWorkerDecoder } from './worker-decoder.js'

export interface ImageLoaderOptions {
  readonly samples: readonly Sample[]
  /** Augmentations; empty for evaluation. */
  readonly transforms: readonly Transform[]
  readonly preprocessing: Preprocessing
  /** Mixed into the seed of every transform. */
  readonly seed: number
  /**
   * Worker threads for decoding; 0: none. Default: one per two cores, 4 at most, none for a handful of images or when
   * running from TypeScript sources.
   */
  readonly threads?: number
  /** Bytes of images kept in memory so that they are decoded once; default 128 MB. */
  readonly cacheBytes?: number
  readonly signal?: AbortSignal
}

/** An `ImageSource` over a dataset's samples. Close it when done: it may own worker threads. */
export interface ImageLoader extends ImageSource {
  close(): Promise<void>
}

const defaultCacheBytes = 128 * 2 ** 20
/** Bytes of prepared images that may lie waiting for the next batches. */
const prefetchBytes = 96 * 2 ** 20
/** Starting a worker costs more than decoding so few images. */
const fewImages = 48

/**
 * Opens samples for a network: decoding, preprocessing and augmentation, ahead of the caller and in worker threads.
 * Values are `[n, 3, height, width]` float32, normalised and in the channel order of `preprocessing`; the same (sample,
 * view, seed) gives the same values whatever the number of threads. Throws a NodeError when a transform can't be used;
 * `load` rejects with one that names the file when an image can't be read.
 */
export function createImageLoader(options: ImageLoaderOptions): ImageLoader {
  const { samples, transforms, preprocessing, seed, signal } = options
  const recipe: Recipe = { preprocessing, transforms, seed }
  const { random, recipeHash } = describeRecipe(recipe)
  const imagesAhead = Math.max(
    1,
    Math.floor(prefetchBytes / (imageLength(preprocessing) * Float32Array.BYTES_PER_ELEMENT)),
  )
  const decoder = openDecoder(options, recipe, Math.min(imagesAhead, samples.length))
  const ahead = new ReadAhead(samples, decoder, imagesAhead)
  const stop = (): void => void decoder.close()
  signal?.addEventListener('abort', stop, { once: true })
  const viewOf = (view: number): number => (random ? view : 0)
  return {
    count: samples.length,
    labels: samples.map((sample) => sample.label),
    random,
    key: (index, view) => sha256Of(`${recipeHash} ${sampleAt(samples, index).fingerprint} ${viewOf(view)}`),
    prefetch: (indices, view) => ahead.announce(indices, viewOf(view)),
    async load(indices, view, memory) {
      signal?.throwIfAborted()
      try {
        return await collect(ahead.take(indices, viewOf(view)), preprocessing, memory)
      } catch (error) {
        signal?.throwIfAborted()
        throw error
      }
    },
    async close() {
      signal?.removeEventListener('abort', stop)
      await decoder.close()
    },
  }
}

function describeRecipe(recipe: Recipe): { readonly random: boolean; readonly recipeHash: string } {
  try {
    const { random, recipeHash } = new Preparer(recipe, 0)
    return { random, recipeHash }
  } catch (error) {
    throw new NodeError(null, textOf(error), 'Run the Augment node again with the current version of Graft.')
  }
}

function openDecoder(
  { threads, cacheBytes = defaultCacheBytes, samples }: ImageLoaderOptions,
  recipe: Recipe,
  places: number,
): Decoder {
  // Decoding proper runs on libuv's threads; what is left for a worker is a quarter of the work.
  const automatic =
    runsFromSource || samples.length < fewImages ? 0 : Math.min(4, Math.max(1, Math.floor(availableParallelism() / 2)))
  const count = Math.max(0, Math.floor(threads ?? automatic))
  return (
    (count > 0 ? startWorkerDecoder(recipe, { threads: count, cacheBytes, places }) : null) ??
    new LocalDecoder(recipe, cacheBytes)
  )
}

async function collect(
  images: readonly Promise<PreparedImage>[],
  preprocessing: Preprocessing,
  memory: BatchMemory | undefined,
): Promise<Batch> {
  const size = imageLength(preprocessing)
  const data = memory?.take(images.length * size) ?? new Float32Array(images.length * size)
  await Promise.all(
    images.map(async (pending, at) => {
      const image = await pending
      data.set(image.data, at * size)
      image.release()
    }),
  )
  return { shape: [images.length, 3, preprocessing.height, preprocessing.width], data }
}

/** Images that are being prepared before they are asked for, up to a limit. */
class ReadAhead {
  readonly #pending = new Map<string, Promise<PreparedImage>>()

  constructor(
    private readonly samples: readonly Sample[],
    private readonly decoder: Decoder,
    private readonly limit: number,
  ) {}

  announce(indices: readonly number[], view: number): void {
    for (const index of indices) {
      const key = `${index} ${view}`
      if (this.#pending.size >= this.limit) return
      if (this.#pending.has(key)) continue
      const image = this.#prepare(index, view)
      // Its taker sees the error; no one may ever take it.
      image.catch(() => undefined)
      this.#pending.set(key, image)
    }
  }

  take(indices: readonly number[], view: number): readonly Promise<PreparedImage>[] {
    const announced = indices.some((index) => this.#pending.has(`${index} ${view}`))
    // What was announced did not come (training stopped early, a new epoch's order): make room for what comes now.
    if (!announced) this.#drop()
    return indices.map((index) => {
      const key = `${index} ${view}`
      const image = this.#pending.get(key) ?? this.#prepare(index, view)
      this.#pending.delete(key)
      return image
    })
  }

  #drop(): void {
    for (const image of this.#pending.values())
      void image.then(
        ({ release }) => release(),
        () => undefined,
      )
    this.#pending.clear()
  }

  async #prepare(index: number, view: number): Promise<PreparedImage> {
    const sample = sampleAt(this.samples, index)
    try {
      return await this.decoder.prepare(sample, view, index)
    } catch (error) {
      const reason = textOf(error)
      throw new NodeError(
        null,
        `The image "${sample.id}"${sample.path === undefined ? '' : ` (${sample.path})`} can't be read: ${reason}.`,
        'It could be read when the data was checked, so it has been changed or removed since. Restore it, or run the data node again.',
      )
    }
  }
}

function sampleAt(samples: readonly Sample[], index: number): Sample {
  const sample = samples[index]
  if (sample === undefined) throw new RangeError(`There is no image ${index}; expected 0 to ${samples.length - 1}.`)
  return sample
}

function sha256Of(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
