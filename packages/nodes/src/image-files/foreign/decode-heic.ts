import { textOf } from '@graft/errors'
import { loadSharp } from '../sharp-library.js'
import { endsTooSoon, type RawImage } from './raw-image.js'

/** The decoding before: one at a time, because each holds the whole image in memory several times over. */
let before: Promise<unknown> = Promise.resolve()

/** HEIC, as phones write it: upright, eight bits, the first image. Throws an Error for files that can't be decoded. */
export async function decodeHeic(bytes: Uint8Array, pixelLimit: number): Promise<RawImage> {
  const sharp = await loadSharp()
  const size = await sharp(bytes).metadata()
  if (size.width * size.height > pixelLimit) throw new Error('pixel limit')
  const decoding = before.then(() => decodeQuietly(bytes))
  before = decoding.catch(() => undefined)
  return decoding
}

async function decodeQuietly(bytes: Uint8Array): Promise<RawImage> {
  const { default: decode } = await import('heic-decode')
  const log = console.log
  // The library prints its errors to standard output, where commands write what programs read.
  const said: string[] = []
  console.log = (...parts: unknown[]) => void said.push(JSON.stringify(parts))
  try {
    const { width, height, data } = await decode({ buffer: bytes })
    return { width, height, channels: 4, data: new Uint8Array(data.buffer), deep: false }
  } catch (error) {
    throw new Error(/unexpected end of file/i.test(said.join(' ')) ? endsTooSoon : textOf(error), { cause: error })
  } finally {
    console.log = log
  }
}
