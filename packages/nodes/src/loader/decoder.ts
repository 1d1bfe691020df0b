import type { Sample } from '@graft/graph-schema'
import { Preparer, type Recipe } from './prepare.js'

/** One view of one image. */
export interface PreparedImage {
  /** `[3, height, width]`; may lie in memory that is used again after `release`. */
  readonly data: Float32Array
  /** To be called once, by the one who has read the values or doesn't want them any more. */
  release(): void
}

/** Where images are prepared: in this thread, or in workers. */
export interface Decoder {
  /**
   * Rejects with the decoder's error. `index` spreads images over workers, always the same one for the same image.
   */
  prepare(sample: Sample, view: number, index: number): Promise<PreparedImage>
  /** Images still waiting are rejected. */
  close(): Promise<void>
}

/**
 * Images in the making at once, per thread: decoding itself runs on libuv's threads, so a few overlap. Bounds memory.
 */
export const imagesAtOnce = 4

const nothing = (): void => undefined

/** Prepares in this thread. */
export class LocalDecoder implements Decoder {
  readonly #preparer: Preparer
  readonly #waiting: (() => void)[] = []
  #running = 0
  #closed = false

  constructor(recipe: Recipe, cacheBytes: number) {
    this.#preparer = new Preparer(recipe, cacheBytes)
  }

  async prepare(sample: Sample, view: number): Promise<PreparedImage> {
    if (this.#running >= imagesAtOnce) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#running++
    try {
      if (this.#closed) throw new Error('the loader was closed')
      return { data: await this.#preparer.prepare(sample, view), release: nothing }
    } finally {
      // A waiting image takes over the place, so the number of running ones stays the same.
      const next = this.#waiting.shift()
      if (next === undefined) this.#running--
      else next()
    }
  }

  async close(): Promise<void> {
    this.#closed = true
  }
}
