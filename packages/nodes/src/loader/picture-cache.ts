import type { Picture } from './picture.js'

/** Keeps the most recently used pictures up to a number of bytes. */
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
    const picture = this.#pictures.get(key)
    if (picture === undefined) return undefined
    this.#pictures.delete(key)
    this.#pictures.set(key, picture)
    return picture
  }

  set(key: string, picture: Picture): void {
    // A single picture may not push out most of the others.
    if (this.#pictures.has(key) || picture.data.byteLength > this.#limit / 4) return
    this.#pictures.set(key, picture)
    this.#bytes += picture.data.byteLength
    for (const [oldest, { data }] of this.#pictures) {
      if (this.#bytes <= this.#limit) return
      this.#pictures.delete(oldest)
      this.#bytes -= data.byteLength
    }
  }
}
