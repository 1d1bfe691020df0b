/** What the first page of a TIFF says of its values. */
export interface TiffBands {
  readonly photometric: number
  readonly samplesPerPixel: number
  /** Kinds of the bands beyond the colours: 1 and 2 are transparency, 0 says nothing. */
  readonly extra: readonly number[]
}

const tags = { photometric: 262, samplesPerPixel: 277, extra: 338 }
const colours: Readonly<Record<number, number>> = { 0: 1, 1: 1, 2: 3, 3: 1, 5: 4, 6: 3, 8: 3 }

/** Reads the tags of a classic TIFF that sharp ignores; undefined for other files. TIFF 6.0, section 2. */
export function tiffBands(bytes: Uint8Array): TiffBands | undefined {
  const mark = String.fromCharCode(...bytes.subarray(0, 4))
  if (mark !== 'II*\0' && mark !== 'MM\0*') return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const little = mark.startsWith('I')
  try {
    const start = view.getUint32(4, little)
    const values = (tag: number): number[] => shortsOf(view, start, tag, little)
    return {
      photometric: values(tags.photometric)[0] ?? 1,
      samplesPerPixel: values(tags.samplesPerPixel)[0] ?? 1,
      extra: values(tags.extra),
    }
  } catch {
    return undefined
  }
}

/** Colours of another kind than red, green and blue, which no scaling makes into them. */
export const isLab = ({ photometric }: TiffBands): boolean => photometric === 8 || photometric === 9

/** Why a TIFF's bands are not a picture's colours; undefined when they are. */
export function bandsProblem(bands: TiffBands): string | undefined {
  const { photometric, samplesPerPixel, extra } = bands
  if (isLab(bands))
    return 'CIELAB colours, which are not read; convert it, for example with: magick FILE -colorspace sRGB out.png'
  const more = samplesPerPixel - (colours[photometric] ?? samplesPerPixel)
  if (more <= 0 || (more === 1 && (extra[0] === 1 || extra[0] === 2))) return undefined
  return `${samplesPerPixel} bands, of which it does not say what they are; keep three, for example with: gdal_translate -b 1 -b 2 -b 3 FILE out.tif`
}

function shortsOf(view: DataView, start: number, tag: number, little: boolean): number[] {
  const entries = view.getUint16(start, little)
  for (let index = 0; index < entries; index++) {
    const at = start + 2 + index * 12
    if (view.getUint16(at, little) !== tag) continue
    const count = Math.min(view.getUint32(at + 4, little), 64)
    const from = count > 2 ? view.getUint32(at + 8, little) : at + 8
    return Array.from({ length: count }, (_, value) => view.getUint16(from + value * 2, little))
  }
  return []
}
