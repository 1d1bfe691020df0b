import { endsTooSoon, type RawImage } from './raw-image.js'

/**
 * Whether bytes are a TGA. The format has no signature, so its header has to make sense in every field (Truevision TGA
 * specification 2.0, field 1 to 5).
 */
export function isTga(bytes: Uint8Array): boolean {
  const [palette = 9, type = 0, depth = 0, flags = 0] = [bytes[1], bytes[2], bytes[16], bytes[17]]
  const mapped = type === 1 || type === 9
  const gray = type === 3 || type === 11
  const depths = mapped || gray ? [8] : [16, 24, 32]
  return (
    bytes.length > 18 &&
    (mapped ? palette === 1 && [16, 24, 32].includes(bytes[7] ?? 0) : palette <= 1) &&
    [1, 2, 3, 9, 10, 11].includes(type) &&
    depths.includes(depth) &&
    (flags & 0xc0) === 0 &&
    sizeAt(bytes, 12) > 0 &&
    sizeAt(bytes, 14) > 0
  )
}

/** TGA of every usual type, packed or not; its alpha is left out, as it is padding in many files. Throws for cut files. */
export function decodeTga(bytes: Uint8Array, pixelLimit: number): RawImage {
  const [width, height, type] = [sizeAt(bytes, 12), sizeAt(bytes, 14), bytes[2] ?? 0]
  if (width * height > pixelLimit) throw new Error('pixel limit')
  const colourBytes = Math.ceil((bytes[7] ?? 0) / 8)
  const palette = 18 + (bytes[0] ?? 0)
  const start = palette + (bytes[1] === 1 ? sizeAt(bytes, 5) * colourBytes : 0)
  const pixelBytes = (bytes[16] ?? 8) / 8
  const places = pixelPlaces(bytes, start, pixelBytes, width * height, type > 8)
  const colourOf =
    type === 1 || type === 9
      ? (place: number) =>
          colourAt(bytes, palette + ((bytes[place] ?? 0) - sizeAt(bytes, 3)) * colourBytes, colourBytes)
      : (place: number) => colourAt(bytes, place, pixelBytes)
  const data = new Uint8Array(width * height * 3)
  const flags = bytes[17] ?? 0
  places.forEach((place, index) => {
    const [column, row] = [index % width, Math.floor(index / width)]
    const x = flags & 0x10 ? width - 1 - column : column
    const y = flags & 0x20 ? row : height - 1 - row
    data.set(colourOf(place), (y * width + x) * 3)
  })
  return { width, height, channels: 3, data, deep: false }
}

/** Where each pixel's bytes are, runs of equal ones unpacked. */
function pixelPlaces(bytes: Uint8Array, start: number, size: number, count: number, packed: boolean): Uint32Array {
  const places = new Uint32Array(count)
  let at = start
  for (let done = 0; done < count; ) {
    const head = packed ? (bytes[at++] ?? 0) : 0
    const length = packed ? Math.min((head & 0x7f) + 1, count - done) : count
    const step = head & 0x80 ? 0 : size
    for (let index = 0; index < length; index++) places[done + index] = at + index * step
    at += head & 0x80 ? size : length * size
    done += length
    if (at > bytes.length) throw new Error(endsTooSoon)
  }
  return places
}

function colourAt(bytes: Uint8Array, at: number, size: number): readonly [number, number, number] {
  const [first = 0, second = 0, third = 0] = [bytes[at], bytes[at + 1], bytes[at + 2]]
  if (size === 1) return [first, first, first]
  if (size > 2) return [third, second, first]
  const fiveBits = (value: number): number => Math.round(((value & 31) * 255) / 31)
  const word = first + second * 256
  return [fiveBits(word >> 10), fiveBits(word >> 5), fiveBits(word)]
}

function sizeAt(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) + (bytes[at + 1] ?? 0) * 256
}
