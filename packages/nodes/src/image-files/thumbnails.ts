import type { Sample } from '@graft/graph-schema'
import { decodeSample } from './decode.js'
import type { Image } from '../image/image.js'
import { resample } from '../image/resample.js'
import { loadSharp } from './sharp-library.js'

/** Above this many pixels it is a picture to look at, and shows all of the image. */
const largestSquare = 512

/**
 * A small JPEG of a sample: a square of `size` pixels from its centre; above 512 pixels the whole image, its longer side
 * that long or as it is. Throws the decoder's error for unreadable files.
 */
export async function renderThumbnail(sample: Sample, size = 96): Promise<Uint8Array> {
  return encodeJpeg(await (size > largestSquare ? wholeImage(sample, size) : thumbnailImage(sample, size)))
}

async function wholeImage(sample: Sample, size: number): Promise<Image> {
  const image = await decodeSample(sample, { width: size, height: size })
  const { width, height } = image
  const scale = Math.min(1, size / Math.max(width, height))
  if (scale === 1) return image
  const to = (side: number): number => Math.max(1, Math.round(side * scale))
  return resample(image, { left: 0, top: 0, width, height }, to(width), to(height), 'bilinear')
}

/** The pixels of a thumbnail. */
export async function thumbnailImage(sample: Sample, size: number): Promise<Image> {
  const image = await decodeSample(sample, { width: size, height: size })
  const side = Math.min(image.width, image.height)
  const region = { left: (image.width - side) / 2, top: (image.height - side) / 2, width: side, height: side }
  return resample(image, region, size, size, 'bilinear')
}

/** An image as JPEG. */
export async function encodeJpeg({ width, height, data }: Image): Promise<Uint8Array> {
  const sharp = await loadSharp()
  return sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 82 })
    .toBuffer()
}
