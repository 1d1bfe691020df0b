import { createHash } from 'node:crypto'
import { availableParallelism } from 'node:os'
import type { Batch, BatchMemory, ImageSource } from '@graft/engines'
import type { Sample, Transform } from '@graft/graph-schema'
import type { Preprocessing } from '@graft/network'
import { NodeError } from '../sdk/define-node.js'
import { LocalDecoder, type Decoder, type PreparedPicture } from './decoder.js'
import { pictureLength, Preparer, type Recipe } from './prepare.js'
import { runsFromSource, startWorkerDecoder } from './worker-decoder.js'

export interface ImageLoaderOptions {
  readonly samples: readonly Sample[]
  /** Augmentations; empty for evaluation. */
  readonly transforms: readonly Transform[]
  readonly preprocessing: Preprocessing
  /** Mixed into the seed of every transform. */
  readonly seed: number
  /**
   * Worker threads for decoding; 0: none. Default: one per two cores, 4 at most, none for a handful of pictures or when
   * running from TypeScript sources.
   */
  readonly threads?: number
  /** Bytes of pictures kept in memory so that they are decoded once; default 128 MB. */
  readonly cacheBytes?: number
  readonly signal?: AbortSignal
}

/** An `ImageSource` over a dataset's samples. Close it when done: it may own worker threads. */
export interface ImageLoader extends ImageSource {
  close(): Promise<void>
}

const defaultCacheBytes = 128 * 2 ** 20
/** Bytes of prepared pictures that may lie waiting for the next batches. */
const prefetchBytes = 96 * 2 ** 20
/** Starting a worker costs more than decoding so few pictures. */
const fewPictures = 48

/**
 * Opens samples for a network: decoding, preprocessing and augmentation, ahead of the caller and in worker threads.
 * Values are `[n, 3, height, width]` float32, normalised and in the channel order of `preprocessing`; the same (sample,
 * view, seed) gives the same values whatever the number of threads. Throws a NodeError when a transform can't be used;
 * `load` rejects with one that names the file when a picture can't be read.
 */
export function createImageLoader(options: ImageLoaderOptions): ImageLoader {
  const { samples, transforms, preprocessing, seed, signal } = options
  const recipe: Recipe = { preprocessing, transforms, seed }
  const { random, recipeHash } = describeRecipe(recipe)
  const picturesAhead = Math.max(
    1,
    Math.floor(prefetchBytes / (pictureLength(preprocessing) * Float32Array.BYTES_PER_ELEMENT)),
  )
  const decoder = openDecoder(options, recipe, Math.min(picturesAhead, samples.length))
  const ahead = new ReadAhead(samples, decoder, picturesAhead)
  const stop = (): void => void decoder.close()
  signal?.addEventListener('abort', stop, { once: true })
  const viewOf = (view: number): number => (random ? view : 0)
  return {
    count: samples.length,
    labels: Int32Array.from(samples, (sample) => sample.label),
    random,
    key: (index, view) => hashText(`${recipeHash} ${sampleAt(samples, index).fingerprint} ${viewOf(view)}`),
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
    throw new NodeError(
      null,
      error instanceof Error ? error.message : String(error),
      'Run the Augment node again with the current version of Graft.',
    )
  }
}

function openDecoder(
  { threads, cacheBytes = defaultCacheBytes, samples }: ImageLoaderOptions,
  recipe: Recipe,
  places: number,
): Decoder {
  // Decoding proper runs on libuv's threads; what is left for a worker is a quarter of the work.
  const automatic =
    runsFromSource || samples.length < fewPictures
      ? 0
      : Math.min(4, Math.max(1, Math.floor(availableParallelism() / 2)))
  const count = Math.max(0, Math.floor(threads ?? automatic))
  return (
    (count > 0 ? startWorkerDecoder(recipe, { threads: count, cacheBytes, places }) : null) ??
    new LocalDecoder(recipe, cacheBytes)
  )
}

async function collect(
  pictures: readonly Promise<PreparedPicture>[],
  preprocessing: Preprocessing,
  memory: BatchMemory | undefined,
): Promise<Batch> {
  const size = pictureLength(preprocessing)
  const data = memory?.take(pictures.length * size) ?? new Float32Array(pictures.length * size)
  await Promise.all(
    pictures.map(async (pending, at) => {
      const picture = await pending
      data.set(picture.data, at * size)
      picture.release()
    }),
  )
  return { shape: [pictures.length, 3, preprocessing.height, preprocessing.width], data }
}

/** Pictures that are being prepared before they are asked for, up to a limit. */
class ReadAhead {
  readonly #pending = new Map<string, Promise<PreparedPicture>>()

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
      const picture = this.#prepare(index, view)
      // Whoever takes it sees the error; nobody may ever take it.
      picture.catch(() => undefined)
      this.#pending.set(key, picture)
    }
  }

  take(indices: readonly number[], view: number): readonly Promise<PreparedPicture>[] {
    const announced = indices.some((index) => this.#pending.has(`${index} ${view}`))
    // What was announced did not come (training stopped early, a new epoch's order): make room for what comes now.
    if (!announced) this.#drop()
    return indices.map((index) => {
      const key = `${index} ${view}`
      const picture = this.#pending.get(key) ?? this.#prepare(index, view)
      this.#pending.delete(key)
      return picture
    })
  }

  #drop(): void {
    for (const picture of this.#pending.values())
      void picture.then(
        ({ release }) => release(),
        () => undefined,
      )
    this.#pending.clear()
  }

  async #prepare(index: number, view: number): Promise<PreparedPicture> {
    const sample = sampleAt(this.samples, index)
    try {
      return await this.decoder.prepare(sample, view, index)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new NodeError(
        null,
        `The picture "${sample.id}"${sample.path === undefined ? '' : ` (${sample.path})`} can't be read: ${reason}.`,
        'It could be read when the data was checked, so it has been changed or removed since. Restore it, or run the data node again.',
      )
    }
  }
}

function sampleAt(samples: readonly Sample[], index: number): Sample {
  const sample = samples[index]
  if (sample === undefined) throw new RangeError(`There is no picture ${index}; expected 0 to ${samples.length - 1}.`)
  return sample
}

function hashText(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
