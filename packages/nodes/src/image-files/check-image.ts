import { extname } from 'node:path'
import { textOf } from '@graft/errors'
import { imageFormatNames, imageFormats } from '@graft/graph-schema'
import type { ImageFormat, ImageFormatId } from '@graft/graph-schema'
import type { StoredRange, ValuesRule } from '@graft/network'
import type { Metadata } from 'sharp'
import { foreignFormat, endsTooSoon, type RawImage } from './foreign/index.js'
import { unreadFormat } from './foreign/unread-formats.js'
import { bandsProblem, isLab, tiffBands } from './headers/tiff-bands.js'
import { decodeValues, rangeOf, storedValuesLimit, valuesOptions } from './stored-values.js'
import { valuesProblem } from './values-problem.js'
import { decoderWorks } from './decoder-works.js'
import { openOptions, openImage, pixelLimit } from './decode.js'
import { saysSrgb } from './headers/icc-profile.js'
import { reachesJpegEnd } from './headers/jpeg-end.js'
import { hasSoundHeaders } from './headers/jpeg-headers.js'
import { loadSharp, type SharpLibrary } from './sharp-library.js'

export interface CheckOptions {
  /**
   * GIFs in photo collections are mostly placeholders and animations, so they are left out unless asked for; then the
   * first frame is used.
   */
  readonly gifs?: 'skip' | 'firstFrame'
  /** What becomes of values and bands that don't say what they are. Absent: such images are refused. */
  readonly values?: ValuesRule | undefined
}

/** Whether a file can be trained on: why not, or what will be done to it on the way to 8-bit sRGB. */
export type ImageCheck =
  | { readonly ok: true; readonly notes: readonly string[]; readonly values?: StoredRange }
  | { readonly ok: false; readonly reason: string }

const expected = `expected ${imageFormatNames}`

/** The format of an image, by sharp's name for it; undefined for one that is not read. */
function formatOf(name: string): ImageFormat | undefined {
  const id = name === 'heif' ? 'avif' : name
  return Object.hasOwn(imageFormats, id) ? imageFormats[id as ImageFormatId] : undefined
}

/** First bytes of photo files, to tell a damaged image from something else. */
const signatures: readonly (readonly number[])[] = [
  [0xff, 0xd8, 0xff],
  [0x89, 0x50, 0x4e, 0x47],
  [0x47, 0x49, 0x46, 0x38],
  [0x49, 0x49, 0x2a, 0],
  [0x4d, 0x4d, 0, 0x2a],
]

/**
 * Reads an image's header and decodes as much of it as it takes to know that it can be, so that a bad file is found
 * here and not hours into training. The content decides, not the name. Throws only where the decoder can read nothing at
 * all, so that no file is called damaged for a want of memory.
 */
export async function checkImage(file: string, bytes: Uint8Array, options: CheckOptions = {}): Promise<ImageCheck> {
  if (bytes.length === 0) return { ok: false, reason: 'empty file (zero bytes)' }
  try {
    return await readOnce(file, bytes, options)
  } catch (error) {
    if (!(await decoderWorks(await loadSharp()))) throw decoderFailed(file, error)
  }
  // What was refused for want of memory a moment ago is read now; what is damaged is refused again.
  return readOnce(file, bytes, options).catch((error: unknown) => ({
    ok: false,
    reason: explain(textOf(error), bytes),
  }))
}

const decoderFailed = (file: string, cause: unknown): Error =>
  new Error(`ENOMEM: the image decoder could not get what it needs to read ${file} (${textOf(cause)})`, { cause })

async function readOnce(file: string, bytes: Uint8Array, options: CheckOptions): Promise<ImageCheck> {
  const foreign = foreignFormat(bytes)
  if (foreign !== undefined) return checkForeign(file, foreign.id, await foreign.decode(bytes, pixelLimit))
  const bands = tiffBands(bytes)
  const problem = bands && bandsProblem(bands)
  const { values } = options
  const isSettable = bands !== undefined && problem !== undefined && !isLab(bands)
  if (problem !== undefined && !(isSettable && values !== undefined))
    return { ok: false, reason: isSettable ? `${problem}; ${orSet}` : problem }
  const sharp = await loadSharp()
  const metadata = await sharp(bytes, values === undefined ? openOptions : valuesOptions).metadata()
  if (values !== undefined && (isSettable || isDeep(metadata)))
    return await checkValues(file, bytes, metadata, options, values)
  const unclear = refusal(metadata, options)
  const reason = unclear ?? (await valuesProblem(sharp, bytes, metadata))
  if (reason !== null) return { ok: false, reason: unclear === null ? `${reason}; ${orSet}` : reason }
  await decodeOnce(sharp, bytes, metadata)
  return { ok: true, notes: notesOf(file, metadata) }
}

const orSet = 'or say with the setting "values" what is black and white'

const isDeep = ({ depth, format }: Metadata): boolean => depth !== 'uchar' && (format === 'tiff' || format === 'png')

/** An image whose values are scaled by the person's rule. */
async function checkValues(
  file: string,
  bytes: Uint8Array,
  metadata: Metadata,
  options: CheckOptions,
  rule: ValuesRule,
): Promise<ImageCheck> {
  const { width, height, channels } = metadata
  const size = `${width}x${height}${channels > 4 ? `, ${channels} bands` : ''}`
  const reason = width * height * channels > storedValuesLimit ? tooLarge(size, storedValuesLimit / channels) : null
  const refused = refusal(metadata, options) ?? reason
  if (refused !== null) return { ok: false, reason: refused }
  const values = await rangeOf(rule, bytes, metadata)
  if (values === null) return { ok: false, reason: `${metadata.depth} values, which have no order` }
  await decodeValues(bytes, values)
  const notes = mislabelled(file, formatOf(metadata.format))
  return { ok: true, notes: [...notes, `its values are scaled (${rule.rule})`], values }
}

function checkForeign(file: string, id: ImageFormatId, { channels, deep }: RawImage): ImageCheck {
  const notes = [
    ...mislabelled(file, imageFormats[id]),
    ...(deep ? ['more than 8 bits per channel, reduced to 8'] : []),
    ...(channels === 1 ? ['grayscale'] : []),
  ]
  return { ok: true, notes }
}

/** Rows that are decoded of an image of which the rest can't be missing. */
const firstRows = 16

/**
 * Throws what the decoder throws. A JPEG that goes on to its end marker can only fail by what is read before the first
 * rows: of those damaged further on the decoder makes what it can. Where headers are plainly right, and no colour
 * profile has to be applied, not even those rows are decoded.
 */
async function decodeOnce(
  sharp: SharpLibrary,
  bytes: Uint8Array,
  { format, width, height, icc }: Metadata,
): Promise<void> {
  const whole = format === 'jpeg' && reachesJpegEnd(bytes) === true
  if (whole && (icc === undefined || saysSrgb(icc)) && hasSoundHeaders(bytes)) return
  const image = openImage(sharp, bytes, icc)
  if (whole) image.extract({ left: 0, top: 0, width, height: Math.min(height, firstRows) })
  else image.resize(16, 16, { fit: 'fill', kernel: 'linear' })
  await image.raw().toBuffer()
}

function refusal(metadata: Metadata, { gifs = 'skip' }: CheckOptions): string | null {
  if (metadata.format === 'gif' && gifs === 'skip') return 'a GIF, which is usually a placeholder or an animation'
  if (formatOf(metadata.format) === undefined)
    return `${metadata.format.toUpperCase()} is not a photo format; ${expected}`
  if (metadata.width * metadata.height > pixelLimit) return tooLarge(`${metadata.width}x${metadata.height}`)
  return null
}

function tooLarge(size: string, limit = pixelLimit): string {
  return `too large (${size}): more than ${Math.floor(limit / 1e6)} million pixels`
}

function mislabelled(file: string, format: ImageFormat | undefined): readonly string[] {
  const fits = format === undefined || format.extensions.includes(extname(file).toLowerCase())
  return fits ? [] : [`${format.title} despite its name`]
}

function notesOf(file: string, metadata: Metadata): string[] {
  return [
    ...mislabelled(file, formatOf(metadata.format)),
    ...((metadata.pages ?? 1) > 1 ? ['several frames or pages: the first is used'] : []),
    ...(metadata.space === 'cmyk' ? ['CMYK colours converted to sRGB'] : []),
    ...(metadata.depth !== 'uchar' ? ['more than 8 bits per channel, reduced to 8'] : []),
    ...((metadata.orientation ?? 1) > 1 ? ['turned upright as its EXIF data says'] : []),
    ...(metadata.hasAlpha ? ['transparency laid on white'] : []),
    ...(metadata.channels < 3 ? ['grayscale'] : []),
  ]
}

/**
 * Only sharp's own messages are looked at: libvips keeps its own in one buffer for all threads, so they get lost or
 * mixed up.
 */
function explain(message: string, bytes: Uint8Array): string {
  if (/pixel limit/i.test(message)) return tooLarge('by its header')
  if (/memory|allocat/i.test(message)) return 'out of memory: the decoder could not have as much as it asked for'
  if (endsEarly(bytes) || message === endsTooSoon) return `truncated: ${endsTooSoon}`
  const unread = unreadFormat(bytes)
  if (unread !== undefined) return unread
  if (tiffBands(bytes) !== undefined)
    return "a TIFF that the decoder can't read: damaged, or of a rare kind; convert it, for example with: magick FILE out.png"
  const known = signatures.some((signature) => signature.every((byte, at) => bytes[at] === byte))
  if (/unsupported image format/i.test(message) && !known && foreignFormat(bytes) === undefined)
    return `not an image that can be read; ${expected}`
  return "damaged: the decoder can't read it"
}

/**
 * Does the file lack what its format ends with? A JPEG ends with the marker FF D9, a PNG with the chunk IEND; WebP says
 * its length. Something may follow.
 */
function endsEarly(bytes: Uint8Array): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (buffer[0] === 0xff && buffer[1] === 0xd8)
    return !(reachesJpegEnd(bytes) ?? buffer.includes(Buffer.of(0xff, 0xd9)))
  if (buffer.subarray(1, 4).equals(Buffer.from('PNG'))) return buffer.lastIndexOf('IEND') < 0
  return (
    buffer.subarray(0, 4).equals(Buffer.from('RIFF')) &&
    buffer.length >= 8 &&
    buffer.readUInt32LE(4) + 8 > buffer.length
  )
}
