import { loadSharp } from '../sharp-library.js'
import type { RawImage } from './raw-image.js'

/** HEIC, as phones write it: upright, eight bits, the first image. Throws the decoder's errors. */
export async function decodeHeic(bytes: Uint8Array, pixelLimit: number): Promise<RawImage> {
  const sharp = await loadSharp()
  const size = await sharp(bytes).metadata()
  if (size.width * size.height > pixelLimit) throw new Error('pixel limit')
  const { default: decode } = await import('heic-decode')
  const { width, height, data } = await decode({ buffer: bytes })
  return {
    width,
    height,
    channels: 4,
    data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    deep: false,
  }
}
