/**
 * Memory for one batch at a time, used again for the next. With new memory for every batch V8 marks its whole heap
 * several times per second, because memory outside of it counts towards its limits.
 */
export class BatchMemory {
  #values = new Float32Array(0)

  /** Room for `length` values, with anything in it. What was taken before is given up. */
  take(length: number): Float32Array {
    if (this.#values.length < length) this.#values = new Float32Array(length)
    return this.#values.subarray(0, length)
  }
}
