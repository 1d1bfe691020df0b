import type { Sample } from '@graft/graph-schema'
import { decodeSample } from './decode.js'
import type { Picture } from './picture.js'
import { resample } from './resample.js'
import { loadSharp } from './sharp-library.js'

/**
 * A small JPEG of a sample: a square of `size` pixels from its centre. Throws the decoder's error for unreadable files.
 */
export async function renderThumbnail(sample: Sample, size = 96): Promise<Uint8Array> {
  return encodeJpeg(await thumbnailPicture(sample, size))
}

/** The pixels of a thumbnail. */
export async function thumbnailPicture(sample: Sample, size: number): Promise<Picture> {
  const picture = await decodeSample(sample, { width: size, height: size })
  const side = Math.min(picture.width, picture.height)
  const region = { left: (picture.width - side) / 2, top: (picture.height - side) / 2, width: side, height: side }
  return resample(picture, region, size, size, 'bilinear')
}

/** A picture as JPEG. */
export async function encodeJpeg({ width, height, data }: Picture): Promise<Uint8Array> {
  const sharp = await loadSharp()
  return sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 82 })
    .toBuffer()
}
