import type { SharpLibrary } from './sharp-library.js'

/** One grey pixel, a PNG that every decoder reads. */
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==',
  'base64',
)

/** Whether the decoder can read anything at all just now: short of memory or of threads it refuses sound files too. */
export async function decoderWorks(sharp: SharpLibrary): Promise<boolean> {
  try {
    await sharp(pixel).resize(16, 16, { fit: 'fill' }).raw().toBuffer()
    return true
  } catch {
    return false
  }
}
