/**
 * Memory for prepared images, shared by the loader and its worker threads and used again and again. With new memory
 * for every image V8 would mark its whole heap several times per second (a tenth of the time of an augmented epoch),
 * and the system would clear the pages.
 */
export class ImagePool {
  readonly memory: SharedArrayBuffer
  readonly #imageLength: number
  /** The one used last comes first: it is still in the processor's cache. */
  readonly #free: number[]

  /** `count` images of `imageLength` values. The system gives the memory when it is first written to. */
  constructor(count: number, imageLength: number) {
    this.memory = new SharedArrayBuffer(count * imageLength * Float32Array.BYTES_PER_ELEMENT)
    this.#imageLength = imageLength
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
    return viewOfPlace(this.memory, place, this.#imageLength)
  }
}

/** The values in one place, `[3, height, width]`, as either thread sees them. */
export function viewOfPlace(memory: SharedArrayBuffer, place: number, imageLength: number): Float32Array {
  return new Float32Array(memory, place * imageLength * Float32Array.BYTES_PER_ELEMENT, imageLength)
}
