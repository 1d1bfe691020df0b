import { endsTooSoon, type RawImage } from './raw-image.js'

/**
 * Windows bitmaps of any depth. Their fourth byte is padding in most files, so it is not taken for transparency. Throws
 * an Error for data that ends early, and the decoder's errors.
 */
export async function decodeBmp(bytes: Uint8Array, pixelLimit: number): Promise<RawImage> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const old = buffer.readUInt32LE(14) < 40
  const [wide, high] = old
    ? [buffer.readUInt16LE(18), buffer.readUInt16LE(20)]
    : [buffer.readInt32LE(18), buffer.readInt32LE(22)]
  if (Math.abs(wide * high) > pixelLimit) throw new Error('pixel limit')
  const bits = buffer.readUInt16LE(old ? 24 : 28)
  const packed = !old && [1, 2].includes(buffer.readUInt32LE(30))
  const needed = buffer.readUInt32LE(10) + Math.ceil((wide * bits) / 32) * 4 * Math.abs(high)
  if (!packed && needed > buffer.length) throw new Error(endsTooSoon)
  const { decode } = await import('bmp-ts')
  const { width, height, data } = decode(buffer)
  return { width, height: Math.abs(height), channels: 3, data: fromAlphaBlueGreenRed(data), deep: false }
}

function fromAlphaBlueGreenRed(pixels: Uint8Array): Uint8Array {
  const data = new Uint8Array((pixels.length / 4) * 3)
  for (let from = 0, to = 0; from < pixels.length; from += 4) {
    data[to++] = pixels[from + 3] ?? 0
    data[to++] = pixels[from + 2] ?? 0
    data[to++] = pixels[from + 1] ?? 0
  }
  return data
}
