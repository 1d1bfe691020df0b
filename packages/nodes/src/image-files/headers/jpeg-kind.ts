import { jpegSegments } from './jpeg-segments.js'

/**
 * What makes a JPEG one of the kinds that decoders of photos don't read, by its frame header (ITU-T T.81, table B.1):
 * they are whole, not damaged. Undefined for ordinary ones and other files.
 */
export function rareJpegKind(bytes: Uint8Array): string | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (const { marker, content } of jpegSegments(buffer)) {
    if (marker === 0xf7) return 'JPEG-LS'
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (!isFrame) continue
    if (marker === 0xc3 || marker === 0xcb) return 'a lossless JPEG'
    if ((marker >= 0xc5 && marker <= 0xc7) || marker >= 0xcd) return 'a hierarchical JPEG'
    if (marker >= 0xc9) return 'an arithmetically coded JPEG'
    const bits = content?.[0]
    return bits === undefined || bits === 8 ? undefined : `a JPEG of ${bits} bits`
  }
  return undefined
}
