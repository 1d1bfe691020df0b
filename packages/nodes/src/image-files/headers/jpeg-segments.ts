export const startOfScan = 0xda
/** Markers that stand alone; all others are followed by a length. */
const standsAlone = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)

export interface JpegSegment {
  readonly marker: number
  /** Where its marker is. */
  readonly at: number
  /** What follows its length; null where it has none, or where the file ends before it does. */
  readonly content: Buffer | null
}

/**
 * The headers of a JPEG file up to its image data, which begin with the last of them (ITU-T T.81, B.1); fewer where
 * they lead nowhere, none where it is no JPEG. Bytes of 0xff that fill the space before a marker come as segments of
 * their own.
 */
export function* jpegSegments(buffer: Buffer): Generator<JpegSegment> {
  if (buffer[0] !== 0xff || buffer[1] !== 0xd8) return
  for (let at = 2; at + 4 <= buffer.length && buffer[at] === 0xff; ) {
    const marker = buffer[at + 1] ?? 0
    const hasLength = marker !== 0xff && !standsAlone(marker)
    const end = hasLength ? at + 2 + buffer.readUInt16BE(at + 2) : at + (marker === 0xff ? 1 : 2)
    yield {
      marker,
      at,
      content: hasLength && end >= at + 4 && end <= buffer.length ? buffer.subarray(at + 4, end) : null,
    }
    if (marker === startOfScan) return
    at = end
  }
}
