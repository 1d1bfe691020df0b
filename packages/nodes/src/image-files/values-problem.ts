import type { Metadata } from 'sharp'
import type { SharpLibrary } from './sharp-library.js'

/** Values of 10 and 12 bits in files of 16 look nearly black, those of 8 bits black. */
const largestOfTwelveBits = 4095

/**
 * Why an image's values would not become the picture that a person sees: which of them is black and which white is not
 * known for floating-point and 32-bit values, nor where 16-bit files hold values of fewer bits. Null when they are plain.
 * The rule is the file's to say: it is set by converting it.
 */
export async function valuesProblem(
  sharp: SharpLibrary,
  bytes: Uint8Array,
  { depth, format }: Metadata,
): Promise<string | null> {
  if (depth === 'uchar') return null
  if (depth !== 'ushort')
    return `${kindOf(depth)} values, of which it does not say what is black and what is white; convert it to 8 or 16 bits, for example with: gdal_translate -ot Byte -scale 0 1 0 255 FILE out.tif (0 and 1 being black and white)`
  if (format !== 'png' && format !== 'tiff') return null
  const { channels } = await sharp(bytes).stats()
  const largest = Math.max(...channels.slice(0, 3).map(({ max }) => max))
  if (largest === 0 || largest > largestOfTwelveBits) return null
  return `16 bits, but no value above ${largest} of 65535, so it would be nearly black; convert it to 8 bits with its own range, for example with: gdal_translate -ot Byte -scale 0 4095 0 255 FILE out.png (for 12 bits)`
}

function kindOf(depth: string): string {
  if (depth === 'float' || depth === 'double') return 'floating-point'
  return depth.includes('complex') ? 'complex' : depth.includes('int') ? '32-bit' : 'signed'
}
