import type { ModelFiles } from '../model-files.js'

/** Where a field of a protocol-buffer message is in a file. */
export interface FieldPlace {
  readonly field: number
  /** 0: varint, 1: 8 bytes, 2: length and bytes, 5: 4 bytes. */
  readonly wire: number
  /** Of its key. */
  readonly start: number
  /** Of its value, behind key and length. */
  readonly valueStart: number
  readonly end: number
}

const windowBytes = 1 << 16
/** A key and a length have at most this many bytes together. */
const longestStart = 20

/** Finds the fields of protocol-buffer messages in a file by reading a window of it at a time. */
export class FieldCursor {
  private window: Uint8Array = new Uint8Array()
  private windowStart = 0
  private size: number | null = null

  constructor(
    private readonly files: ModelFiles,
    private readonly name: string,
  ) {}

  /** The field at a position of a message that ends at `end`; null when there can't be one. */
  async fieldAt(position: number, end: number): Promise<FieldPlace | null> {
    const bytes = await this.bytes(position, Math.min(position + longestStart, end))
    const key = varint(bytes, 0)
    if (key === null) return null
    const [field, wire] = [Math.floor(key.value / 8), key.value % 8]
    const place = (valueStart: number, length: number): FieldPlace | null =>
      field > 0 && valueStart + length <= end
        ? { field, wire, start: position, valueStart, end: valueStart + length }
        : null
    const value = position + key.length
    if (wire === 1) return place(value, 8)
    if (wire === 5) return place(value, 4)
    const number = varint(bytes, key.length)
    if (number === null) return null
    if (wire === 0) return place(value, number.length)
    return wire === 2 ? place(value + number.length, number.value) : null
  }

  async bytes(from: number, to: number): Promise<Uint8Array> {
    if (to - from > windowBytes) return this.files.range(this.name, from, to)
    if (from < this.windowStart || to > this.windowStart + this.window.length) {
      this.size ??= await this.files.size(this.name)
      this.window = await this.files.range(this.name, from, Math.min(from + windowBytes, this.size))
      this.windowStart = from
    }
    return this.window.subarray(from - this.windowStart, to - this.windowStart)
  }
}

/** Numbers above 2^53 are inexact, which only lengths beyond any file are. */
function varint(bytes: Uint8Array, start: number): { readonly value: number; readonly length: number } | null {
  let value = 0
  for (let index = 0; index < 10; index++) {
    const byte = bytes[start + index]
    if (byte === undefined) return null
    value += (byte & 127) * 2 ** (7 * index)
    if (byte < 128) return { value, length: index + 1 }
  }
  return null
}
