/** Colorants of sRGB, adapted to D50 as profiles hold them (IEC 61966-2-1; ICC.1). */
const colorants: Readonly<Record<string, readonly [number, number, number]>> = {
  rXYZ: [0.4361, 0.2225, 0.0139],
  gXYZ: [0.3851, 0.7169, 0.0971],
  bXYZ: [0.1431, 0.0606, 0.7141],
}
const [colorantTolerance, greyLevelTolerance] = [0.002, 0.75]

const headerBytes = 128

/**
 * Whether an embedded colour profile (ICC.1) says just what sRGB says: the same primaries, and tone curves that are
 * nowhere a grey level away. Then there is nothing to convert. False for anything else, also for what can't be read.
 */
export function saysSrgb(profile: Uint8Array): boolean {
  const view = new DataView(profile.buffer, profile.byteOffset, profile.byteLength)
  try {
    if (textAt(view, 16) !== 'RGB ' || textAt(view, 20) !== 'XYZ ') return false
    const tags = readTags(view)
    // A table takes precedence over primaries and curves.
    if (tags.has('A2B0')) return false
    return (
      Object.entries(colorants).every(([name, wanted]) => isNear(view, tags.get(name), wanted)) &&
      ['rTRC', 'gTRC', 'bTRC'].every((name) => isSrgbCurve(view, tags.get(name)))
    )
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

const textAt = (view: DataView, offset: number): string =>
  String.fromCharCode(
    view.getUint8(offset),
    view.getUint8(offset + 1),
    view.getUint8(offset + 2),
    view.getUint8(offset + 3),
  )
const fixedAt = (view: DataView, offset: number): number => view.getInt32(offset) / 65536

/** Where each tag's data begin. */
function readTags(view: DataView): ReadonlyMap<string, number> {
  const count = Math.min(view.getUint32(headerBytes), 100)
  return new Map(
    Array.from({ length: count }, (_, index) => [
      textAt(view, headerBytes + 4 + index * 12),
      view.getUint32(headerBytes + 8 + index * 12),
    ]),
  )
}

function isNear(view: DataView, offset: number | undefined, wanted: readonly number[]): boolean {
  return (
    offset !== undefined &&
    textAt(view, offset) === 'XYZ ' &&
    wanted.every((value, axis) => Math.abs(fixedAt(view, offset + 8 + 4 * axis) - value) <= colorantTolerance)
  )
}

/** Compared as grey levels, because that is what an image holds. */
function isSrgbCurve(view: DataView, offset: number | undefined): boolean {
  const curve = offset === undefined ? null : curveAt(view, offset)
  if (!curve) return false
  return Array.from({ length: 256 }, (_, level) => Math.abs(encoded(curve(level / 255)) * 255 - level)).every(
    (distance) => distance <= greyLevelTolerance,
  )
}

/** Linear light to sRGB. */
function encoded(light: number): number {
  return light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055
}

/** Encoded value to linear light, both from 0 to 1; null for kinds that no sRGB profile uses. */
function curveAt(view: DataView, offset: number): ((value: number) => number) | null {
  const kind = textAt(view, offset)
  if (kind === 'curv') return sampledCurve(view, offset + 12, view.getUint32(offset + 8))
  // Function 3: (a x + b)^g from d on, c x below.
  if (kind !== 'para' || view.getUint16(offset + 8) !== 3) return null
  const [g, a, b, c, d] = [0, 1, 2, 3, 4].map((index) => fixedAt(view, offset + 12 + 4 * index)) as [
    number,
    number,
    number,
    number,
    number,
  ]
  return (value) => (value >= d ? (a * value + b) ** g : c * value)
}

function sampledCurve(view: DataView, offset: number, count: number): ((value: number) => number) | null {
  if (count < 2 || count > 65_536) return null
  const sample = (index: number): number => view.getUint16(offset + 2 * index) / 65_535
  return (value) => {
    const position = value * (count - 1)
    const below = Math.min(Math.floor(position), count - 2)
    return sample(below) + (position - below) * (sample(below + 1) - sample(below))
  }
}
