import { endsTooSoon, type RawImage } from './raw-image.js'

/**
 * PBM, PGM and PPM, plain and raw (P1 to P6), with any largest value: bytes of one or three channels. Throws an Error
 * for headers that make no sense and for data that ends early.
 */
export function decodePnm(bytes: Uint8Array, pixelLimit: number): RawImage {
  const reader = new HeaderReader(bytes)
  const kind = (bytes[1] ?? 0) - 48
  const [width, height] = [reader.number(), reader.number()]
  const bits = kind === 1 || kind === 4
  const largest = bits ? 1 : reader.number()
  if (!(width > 0 && height > 0 && largest > 0 && largest < 65536)) throw new Error('its header makes no sense')
  if (width * height > pixelLimit) throw new Error('pixel limit')
  const channels = kind === 3 || kind === 6 ? 3 : 1
  const row = width * channels
  const data = new Uint8Array(row * height)
  const plain = kind < 4
  const valueAt = plain ? plainValues(reader, bits) : rawValues(bytes, reader.position + 1, row, bits, largest)
  for (let at = 0; at < data.length; at++) {
    const value = Math.min(valueAt(at), largest)
    data[at] = Math.round((255 * (bits ? 1 - value : value)) / largest)
  }
  return { width, height, channels, data, deep: largest > 255 }
}

function plainValues(reader: HeaderReader, bits: boolean): () => number {
  return bits ? () => reader.digit() : () => reader.number()
}

function rawValues(
  bytes: Uint8Array,
  start: number,
  row: number,
  bits: boolean,
  largest: number,
): (at: number) => number {
  const byteAt = (place: number): number => {
    const byte = bytes[start + place]
    if (byte === undefined) throw new Error(endsTooSoon)
    return byte
  }
  if (bits) {
    const stride = Math.ceil(row / 8)
    return (at) => {
      const column = at % row
      return (byteAt(((at - column) / row) * stride + (column >> 3)) >> (7 - (column & 7))) & 1
    }
  }
  return largest > 255 ? (at) => byteAt(at * 2) * 256 + byteAt(at * 2 + 1) : byteAt
}

/** Numbers in ASCII between blanks and comments. */
class HeaderReader {
  position = 2
  readonly #bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  number(): number {
    this.#skip()
    let value = 0
    const start = this.position
    for (let digit = this.#digitHere(); digit >= 0 && value < 1e9; digit = this.#digitHere()) {
      value = value * 10 + digit
      this.position++
    }
    if (this.position === start) throw new Error(endsTooSoon)
    return value
  }

  /** One digit: plain bitmaps need no blanks between them. */
  digit(): number {
    this.#skip()
    const digit = this.#digitHere()
    if (digit < 0) throw new Error(endsTooSoon)
    this.position++
    return digit
  }

  #digitHere(): number {
    const byte = this.#bytes[this.position] ?? 0
    return byte >= 48 && byte <= 57 ? byte - 48 : -1
  }

  #skip(): void {
    for (;;) {
      const byte = this.#bytes[this.position]
      if (byte === 35) while (this.position < this.#bytes.length && this.#bytes[this.position] !== 10) this.position++
      else if (byte === 32 || (byte !== undefined && byte >= 9 && byte <= 13)) this.position++
      else return
    }
  }
}
