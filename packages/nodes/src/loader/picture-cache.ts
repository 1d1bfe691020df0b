import type { Picture } from './picture.js'

/**
 * Keeps pictures up to a number of bytes, those that came first. Training goes through all pictures once per epoch: if
 * the oldest made room for the newest, a cache that is a little too small would never have the picture that is asked
 * for next.
 */
export class PictureCache {
  readonly #pictures = new Map<string, Picture>()
  readonly #limit: number
  #bytes = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  get bytes(): number {
    return this.#bytes
  }

  get(key: string): Picture | undefined {
    return this.#pictures.get(key)
  }

  set(key: string, picture: Picture): void {
    const bytes = picture.data.byteLength
    // A single picture may not take the place of most of the others.
    if (this.#pictures.has(key) || bytes > this.#limit / 4 || this.#bytes + bytes > this.#limit) return
    this.#pictures.set(key, picture)
    this.#bytes += bytes
  }
}
