import type { Sample } from '@graft/graph-schema'
import { Preparer, type Recipe } from './prepare.js'

/** Where pictures are prepared: in this thread, or in workers. */
export interface Decoder {
  /** One view as `[3, height, width]`. Rejects with the decoder's error. `slot` spreads pictures over workers, always the same one for the same picture. */
  prepare(sample: Sample, view: number, slot: number): Promise<Float32Array>
  /** Pictures still waiting are rejected. */
  close(): Promise<void>
}

/** Pictures in the making at once, per thread: decoding itself runs on libuv's threads, so a few overlap. Bounds memory. */
export const picturesAtOnce = 4

/** Prepares in this thread. */
export class LocalDecoder implements Decoder {
  readonly #preparer: Preparer
  readonly #waiting: (() => void)[] = []
  #running = 0
  #closed = false

  constructor(recipe: Recipe, cacheBytes: number) {
    this.#preparer = new Preparer(recipe, cacheBytes)
  }

  async prepare(sample: Sample, view: number): Promise<Float32Array> {
    if (this.#running >= picturesAtOnce) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#running++
    try {
      if (this.#closed) throw new Error('the loader was closed')
      return await this.#preparer.prepare(sample, view)
    } finally {
      // A waiting picture takes over the place, so the number of running ones stays the same.
      const next = this.#waiting.shift()
      if (next === undefined) this.#running--
      else next()
    }
  }

  async close(): Promise<void> {
    this.#closed = true
  }
}
