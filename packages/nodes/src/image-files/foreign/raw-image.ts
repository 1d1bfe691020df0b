/** Pixels as they came out of a decoder: rows of bytes. */
export interface RawImage {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3 | 4
  readonly data: Uint8Array
  /** More than 8 bits per channel in the file. */
  readonly deep: boolean
}

/** What decoders throw when a file is cut off. */
export const endsTooSoon = 'the file ends before the image does'
