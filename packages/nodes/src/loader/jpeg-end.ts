const [startOfScan, endOfImage] = [0xda, 0xd9]
/** Markers that stand alone; all others are followed by a length. */
const standsAlone = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)

/**
 * Whether the picture data of a JPEG file go on to their end marker (ITU-T T.81, B.1). Within the data the marker can't occur, and the one that ends a
 * thumbnail among the headers isn't taken for it. Null where the headers don't lead to picture data.
 */
export function reachesJpegEnd(bytes: Uint8Array): boolean | null {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (buffer[0] !== 0xff || buffer[1] !== 0xd8) return null
  for (let at = 2; at + 4 <= buffer.length && buffer[at] === 0xff;) {
    const marker = buffer[at + 1] ?? 0
    if (marker === startOfScan) return buffer.lastIndexOf(Buffer.of(0xff, endOfImage)) > at
    // Any number of 0xff may fill the space before a marker.
    if (marker === 0xff) at += 1
    else at += standsAlone(marker) ? 2 : 2 + buffer.readUInt16BE(at + 2)
  }
  return null
}
