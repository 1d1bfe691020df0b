import { rareJpegKind } from '../headers/jpeg-kind.js'

/** A format that is not read, with a way to one that is. */
interface UnreadFormat {
  readonly title: string
  readonly fix: string
  isIn(bytes: Uint8Array): boolean
}

const convert = 'convert it, for example with: magick FILE out.png'
const starts =
  (...signature: readonly number[]) =>
  (bytes: Uint8Array): boolean =>
    signature.every((byte, at) => bytes[at] === byte)
const ascii = (text: string): ((bytes: Uint8Array) => boolean) => starts(...Buffer.from(text, 'latin1'))

/** Pictures that are whole but not read. None of them may be called damaged. */
const unreadFormats: readonly UnreadFormat[] = [
  {
    title: 'JPEG 2000',
    fix: convert,
    isIn: (bytes) => starts(0, 0, 0, 12, 0x6a, 0x50)(bytes) || starts(0xff, 0x4f, 0xff, 0x51)(bytes),
  },
  {
    title: 'JPEG XL',
    fix: 'convert it, for example with: djxl FILE out.png',
    isIn: (bytes) => starts(0, 0, 0, 12, 0x4a, 0x58, 0x4c)(bytes) || starts(0xff, 0x0a)(bytes),
  },
  { title: 'Photoshop', fix: convert, isIn: ascii('8BPS') },
  { title: 'OpenEXR', fix: convert, isIn: starts(0x76, 0x2f, 0x31, 0x01) },
  { title: 'Radiance HDR', fix: convert, isIn: ascii('#?RADIANCE') },
  { title: 'FITS', fix: convert, isIn: ascii('SIMPLE  =') },
  { title: 'DirectDraw', fix: convert, isIn: ascii('DDS ') },
  { title: 'PFM', fix: convert, isIn: (bytes) => /^P[Ff7]\s/.test(String.fromCharCode(...bytes.subarray(0, 3))) },
  { title: 'an icon', fix: convert, isIn: starts(0, 0, 1, 0) },
  { title: 'PCX', fix: convert, isIn: (bytes) => bytes[0] === 10 && bytes[1] === 5 && bytes[2] === 1 },
  {
    title: 'DICOM',
    fix: 'convert it, for example with: dcm2img FILE out.png',
    isIn: (bytes) => ascii('DICM')(bytes.subarray(128, 132)),
  },
  {
    title: "a camera's raw file",
    fix: 'convert it, for example with: dcraw -w FILE',
    isIn: (bytes) => ascii('FUJIFILMCCD-RAW')(bytes) || (ascii('II*\0')(bytes) && ascii('CR')(bytes.subarray(8, 10))),
  },
]

/** Names a picture of a format that is not read: "a JPEG 2000 image is not read; convert it ...". */
export function unreadFormat(bytes: Uint8Array): string | undefined {
  const rare = rareJpegKind(bytes)
  if (rare !== undefined) return `${rare}, which is not read; ${convert}`
  const format = unreadFormats.find(({ isIn }) => isIn(bytes))
  return format && `${format.title}, which is not read; ${format.fix}`
}
