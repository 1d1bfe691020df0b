import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Sharp } from 'sharp'
import type { Sample } from '@graft/graph-schema'
import { renderSample } from '../sample-data/render-sample.js'
import { foreignFormat } from './foreign/index.js'
import { saysSrgb } from './headers/icc-profile.js'
import type { Image } from '../image/image.js'
import { loadSharp, type SharpLibrary } from './sharp-library.js'
import { decodeValues } from './stored-values.js'

/**
 * Images with more pixels are refused: a small file can claim a size that fills all memory. The largest cameras reach
 * 150 million.
 */
export const pixelLimit = 160_000_000

/**
 * How sharp opens an image, for checking and for loading alike: what passes the check must load. Truncated data is an
 * error.
 */
export const openOptions = { failOn: 'error', limitInputPixels: pixelLimit, pages: 1 } as const

/**
 * Photos this many times larger than needed are first reduced by sharp (in the JPEG decoder where possible), to
 * `reducedFactor` times what is needed.
 */
const largeFactor = 6
const reducedFactor = 3

/**
 * The pixels of a sample, as a person sees them: turned by EXIF, transparency on white, any colour space and depth to
 * 8-bit sRGB. An embedded colour profile is applied; Pillow and PyTorch ignore it unless they are told to, so photos
 * with a profile other than sRGB differ from theirs (others do not). Exported programs tell Pillow.
 * `needed` is the size that the image will be resized to; far larger photos come smaller than they are, for speed.
 * Throws the decoder's error for unreadable files, and an Error for a file that has changed since the sample was made.
 */
export async function decodeSample(
  sample: Sample,
  needed: { readonly width: number; readonly height: number },
): Promise<Image> {
  if (sample.generated !== undefined) {
    const { family, classIndex, index, seed, size } = sample.generated
    return { width: size, height: size, data: renderSample(family, classIndex, index, seed, size) }
  }
  if (sample.path === undefined) throw new Error('the sample has neither a file nor a generator')
  const bytes = await readFile(sample.path)
  refuseChanged(bytes, sample.fingerprint)
  return sample.values === undefined ? decodeBytes(bytes, needed) : decodeValues(bytes, sample.values)
}

/**
 * Whatever is computed from an image is kept under its fingerprint, so an image that was replaced since it was looked at
 * would give its results another's name. Hashing takes a fiftieth of the time of decoding. Fingerprints of other kinds
 * stand for no bytes.
 */
function refuseChanged(bytes: Uint8Array, fingerprint: string): void {
  const [sha256 = ''] = fingerprint.split(' ')
  if (!/^[0-9a-f]{64}$/.test(sha256)) return
  if (createHash('sha256').update(bytes).digest('hex') !== sha256)
    throw new Error('its contents are not those that were there when the data was checked')
}

/**
 * An image to be decoded, with the profile that its header names. Converting sRGB to sRGB changes no pixel and takes
 * longer than decoding, so that is left out.
 */
export function openImage(sharp: SharpLibrary, bytes: Uint8Array, icc: Uint8Array | undefined): Sharp {
  return sharp(bytes, { ...openOptions, ignoreIcc: icc !== undefined && saysSrgb(icc) })
}

/** Whether an image of this size is reduced while it is decoded, so that its pixels aren't quite those of the file. */
export const isReduced = (
  size: { readonly width: number; readonly height: number },
  needed: { readonly width: number; readonly height: number },
): boolean => Math.min(size.width / needed.width, size.height / needed.height) > largeFactor

/** The pixels of an encoded image; see `decodeSample`. */
export async function decodeBytes(
  bytes: Uint8Array,
  needed: { readonly width: number; readonly height: number },
): Promise<Image> {
  const { image, size } = await openUpright(bytes)
  const factor = Math.min(size.width / needed.width, size.height / needed.height)
  if (isReduced(size, needed)) {
    const shrink = factor / reducedFactor
    image.resize(Math.ceil(size.width / shrink), Math.ceil(size.height / shrink), { fit: 'fill', kernel: 'linear' })
  }
  const { data, info } = await image
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, data: asThreeChannels(data, info.channels) }
}

/** An image of any format that is read, upright. */
async function openUpright(
  bytes: Uint8Array,
): Promise<{ readonly image: Sharp; readonly size: { readonly width: number; readonly height: number } }> {
  const sharp = await loadSharp()
  const foreign = foreignFormat(bytes)
  if (foreign !== undefined) {
    const { data, width, height, channels } = await foreign.decode(bytes, pixelLimit)
    return { image: sharp(data, { raw: { width, height, channels } }), size: { width, height } }
  }
  const { autoOrient: size, icc } = await sharp(bytes, openOptions).metadata()
  return { image: openImage(sharp, bytes, icc).autoOrient(), size }
}

function asThreeChannels(data: Uint8Array, channels: number): Uint8Array {
  if (channels === 3) return data
  const result = new Uint8Array((data.length / channels) * 3)
  const [green, blue] = channels < 3 ? [0, 0] : [1, 2]
  for (let from = 0, to = 0; from < data.length; from += channels) {
    result[to++] = data[from]!
    result[to++] = data[from + green]!
    result[to++] = data[from + blue]!
  }
  return result
}
