import type { Image } from '../image/image.js'

/**
 * Keeps images up to a number of bytes, those that came first. Training goes through all images once per epoch: if
 * the oldest made room for the newest, a cache that is a little too small would never have the image that is asked
 * for next.
 */
export class ImageCache {
  readonly #images = new Map<string, Image>()
  readonly #limit: number
  #bytes = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  get bytes(): number {
    return this.#bytes
  }

  get(key: string): Image | undefined {
    return this.#images.get(key)
  }

  set(key: string, image: Image): void {
    const bytes = image.data.byteLength
    // A single image may not take the place of most of the others.
    if (this.#images.has(key) || bytes > this.#limit / 4 || this.#bytes + bytes > this.#limit) return
    this.#images.set(key, image)
    this.#bytes += bytes
  }
}
