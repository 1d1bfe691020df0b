import { jpegSegments, startOfScan } from './jpeg-segments.js'

const [huffmanTables, quantisationTables, restartInterval] = [0xc4, 0xdb, 0xdd]
/** Frames of one pass with Huffman codes; progressive ones are read in many passes, each of which can fail. */
const sequentialFrames = [0xc0, 0xc1]
const isFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && ![huffmanTables, 0xc8, 0xcc].includes(marker)
const isApplication = (marker: number): boolean => (marker >= 0xe0 && marker <= 0xef) || marker === 0xfe

interface Component {
  readonly id: number
  readonly quantisation: number
}

/**
 * Whether the headers of a JPEG file are complete and right as far as the decoder looks at them before the first row
 * (ITU-T T.81, B.2): then nothing in the file can make it fail any more. False also where that isn't certain:
 * progressive files, unusual components or segments.
 */
export function hasSoundHeaders(bytes: Uint8Array): boolean {
  const known = { quantisation: new Set<number>(), huffman: new Set<number>(), components: [] as readonly Component[] }
  for (const { marker, content } of jpegSegments(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))) {
    if (content === null) return false
    if (marker === startOfScan) return scanFits(content, known)
    if (marker === huffmanTables) {
      if (!readHuffmanTables(content, known.huffman)) return false
    } else if (marker === quantisationTables) {
      if (!readQuantisationTables(content, known.quantisation)) return false
    } else if (isFrame(marker)) {
      const components = sequentialFrames.includes(marker) && known.components.length === 0 ? readFrame(content) : null
      if (components === null) return false
      known.components = components
    } else if (marker === restartInterval ? content.length !== 2 : !isApplication(marker)) return false
  }
  return false
}

/** Grey or three components of 8 bits; null for anything else. */
function readFrame(segment: Buffer): readonly Component[] | null {
  const count = segment[5] ?? 0
  if (segment[0] !== 8 || (count !== 1 && count !== 3) || segment.length !== 6 + 3 * count) return null
  if (segment.readUInt16BE(1) === 0 || segment.readUInt16BE(3) === 0) return null
  // Width and height of the samples' blocks: one or two for the first component, one for the others. The decoder lacks
  // some of the rest.
  const usual = Array.from({ length: count }, (_, index) =>
    (index === 0 ? [0x11, 0x12, 0x21, 0x22] : [0x11]).includes(segment[7 + 3 * index]!),
  )
  if (usual.includes(false)) return null
  return Array.from({ length: count }, (_, index) => ({
    id: segment[6 + 3 * index]!,
    quantisation: segment[8 + 3 * index]!,
  }))
}

/** One scan with all components, whose tables are there. */
function scanFits(
  segment: Buffer,
  {
    components,
    quantisation,
    huffman,
  }: {
    readonly components: readonly Component[]
    readonly quantisation: ReadonlySet<number>
    readonly huffman: ReadonlySet<number>
  },
): boolean {
  const count = segment[0]
  if (components.length === 0 || count !== components.length || segment.length !== 4 + 2 * count) return false
  return components.every(({ id, quantisation: table }, index) => {
    const [scanned, tables] = [segment[1 + 2 * index]!, segment[2 + 2 * index]!]
    return scanned === id && quantisation.has(table) && huffman.has(tables >> 4) && huffman.has(0x10 | (tables & 15))
  })
}

function readQuantisationTables(segment: Buffer, known: Set<number>): boolean {
  let at = 0
  while (at < segment.length) {
    const [precision, table] = [segment[at]! >> 4, segment[at]! & 15]
    if (precision > 1 || table > 3) return false
    at += 1 + 64 * (precision + 1)
    known.add(table)
  }
  return at === segment.length
}

/**
 * Lengths of codes must leave room for every code, and symbols of the first coefficient are numbers of bits. Tables are
 * known as `class << 4 | number`.
 */
function readHuffmanTables(segment: Buffer, known: Set<number>): boolean {
  let at = 0
  while (at + 17 <= segment.length) {
    const table = segment[at]!
    const lengths = segment.subarray(at + 1, at + 17)
    const count = lengths.reduce((sum, number) => sum + number, 0)
    const symbols = segment.subarray(at + 17, at + 17 + count)
    if ((table & 0xe0) !== 0 || (table & 15) > 3 || count > 256 || symbols.length !== count || !codesFit(lengths))
      return false
    if (table >> 4 === 0 && symbols.some((symbol) => symbol > 15)) return false
    known.add(table)
    at += 17 + count
  }
  return at === segment.length
}

/** The code of all ones is never used (C.2), so every length leaves one code at least. */
function codesFit(lengths: Uint8Array): boolean {
  let code = 0
  return lengths.every((number, index) => {
    code += number
    const fits = code < 1 << (index + 1) || number === 0
    code <<= 1
    return fits
  })
}
