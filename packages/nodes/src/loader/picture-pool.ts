/**
 * Memory for prepared pictures, shared by the loader and its worker threads and used again and again. With new memory
 * for every picture V8 would mark its whole heap several times per second (a tenth of the time of an augmented epoch),
 * and the system would clear the pages.
 */
export class PicturePool {
  readonly memory: SharedArrayBuffer
  readonly #pictureLength: number
  /** The one used last comes first: it is still in the processor's cache. */
  readonly #free: number[]

  /** `count` pictures of `pictureLength` values. The system gives the memory when it is first written to. */
  constructor(count: number, pictureLength: number) {
    this.memory = new SharedArrayBuffer(count * pictureLength * Float32Array.BYTES_PER_ELEMENT)
    this.#pictureLength = pictureLength
    this.#free = Array.from({ length: count }, (_, index) => count - 1 - index)
  }

  /** A free place, or null when all are taken. */
  take(): number | null {
    return this.#free.pop() ?? null
  }

  give(place: number): void {
    this.#free.push(place)
  }

  view(place: number): Float32Array {
    return viewOfPlace(this.memory, place, this.#pictureLength)
  }
}

/** The values in one place, `[3, height, width]`, as either thread sees them. */
export function viewOfPlace(memory: SharedArrayBuffer, place: number, pictureLength: number): Float32Array {
  return new Float32Array(memory, place * pictureLength * Float32Array.BYTES_PER_ELEMENT, pictureLength)
}
