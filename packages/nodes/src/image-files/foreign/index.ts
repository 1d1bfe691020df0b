import type { ImageFormatId } from '@graft/graph-schema'
import { decodeBmp } from './decode-bmp.js'
import { decodeHeic } from './decode-heic.js'
import { decodePnm } from './decode-pnm.js'
import { decodeTga, isTga } from './decode-tga.js'
import type { RawImage } from './raw-image.js'

export { endsTooSoon, type RawImage } from './raw-image.js'

interface ForeignFormat {
  readonly id: Extract<ImageFormatId, 'bmp' | 'pnm' | 'heic' | 'tga'>
  isIn(bytes: Uint8Array): boolean
  decode(bytes: Uint8Array, pixelLimit: number): RawImage | Promise<RawImage>
}

/** Formats that sharp's build doesn't read, by their first bytes. */
const foreignFormats: readonly ForeignFormat[] = [
  {
    id: 'bmp',
    isIn: (bytes) => text(bytes, 0, 2) === 'BM' && bytes.length >= 30 && bytes[14] !== 0,
    decode: decodeBmp,
  },
  { id: 'pnm', isIn: (bytes) => /^P[1-6]\s/.test(text(bytes, 0, 3)), decode: decodePnm },
  { id: 'heic', isIn: isHeic, decode: decodeHeic },
  { id: 'tga', isIn: isTga, decode: decodeTga },
]

/** The foreign format of a file; undefined for those that sharp reads or nobody does. */
export function foreignFormat(bytes: Uint8Array): ForeignFormat | undefined {
  return foreignFormats.find((format) => format.isIn(bytes))
}

function text(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to))
}

/** HEVC pictures; AVIF has the same container, and sharp reads it. */
function isHeic(bytes: Uint8Array): boolean {
  if (text(bytes, 4, 8) !== 'ftyp') return false
  const brands = text(bytes, 8, Math.min(bytes[3] ?? 0, 64))
  return /^(?:heic|heix|hevc|hevx|mif1|msf1)/.test(brands) && !brands.includes('avif')
}
