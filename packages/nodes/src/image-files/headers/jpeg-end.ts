import { jpegSegments, startOfScan } from './jpeg-segments.js'

const endOfImage = 0xd9

/**
 * Whether the image data of a JPEG file go on to their end marker (ITU-T T.81, B.1). Within the data the marker can't
 * occur, and the one that ends a thumbnail among the headers isn't taken for it. Null where the headers don't lead to
 * image data.
 */
export function reachesJpegEnd(bytes: Uint8Array): boolean | null {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (const { marker, at } of jpegSegments(buffer))
    if (marker === startOfScan) return buffer.lastIndexOf(Buffer.of(0xff, endOfImage)) > at
  return null
}
