import type { Sample } from '@graft/graph-schema'
import type { Image } from '../image/image.js'
import { thumbnailImage } from './thumbnails.js'

/** Brightness is compared at so many places along each side. */
const side = 17
const bits = 2 * side * (side - 1)
const words = Math.ceil(bits / 32)
/** Of their bits, so many may differ in a copy: re-encoded, resized, turned or mirrored ones differ in less. */
const mostDifferent = Math.round(0.09 * bits)
/** How far the brightness of an image has to vary to say anything, in levels. */
const leastContrast = 6
/** How alike the brightness of copies is, as a correlation. */
const leastCorrelation = 0.985

/** Two images that show the same, though their files differ, by their places in the list. */
export interface NearCopy {
  readonly one: number
  readonly other: number
}

/** What an image looks like, in few numbers. */
export interface Look {
  /** `side * side` levels, of mean 0 and length 1. */
  readonly levels: Float64Array
  /** Whether each place is brighter than its neighbours to the right and below (Zauner 2010: dHash). */
  readonly hash: Uint32Array
}

/** The look of a sample; null for one that shows hardly anything, or can't be read. */
export async function lookOf(sample: Sample): Promise<Look | null> {
  const image = await thumbnailImage(sample, side).catch(() => null)
  return image && lookOfLevels(brightness(image))
}

/**
 * Pairs of images that show the same, turned by quarters and mirrored too, among those that `isWanted` says.
 * @param looks of the images, with null for those that are left out
 */
export function findNearCopies(
  looks: readonly (Look | null)[],
  isWanted: (one: number, other: number) => boolean,
): readonly NearCopy[] {
  const turned = looks.map(
    (look) => look && symmetries(look.levels).map((levels) => ({ levels, hash: hashOf(levels) })),
  )
  const found: NearCopy[] = []
  for (const [one, look] of looks.entries())
    for (let other = 0; look !== null && other < one; other++)
      if (isWanted(other, one) && turned[other]?.some((view) => isCopy(look, view)) === true)
        found.push({ one: other, other: one })
  return found
}

function isCopy(one: Look, other: Look): boolean {
  let different = 0
  for (let word = 0; word < words && different <= mostDifferent; word++)
    different += bitCount((one.hash[word] ?? 0) ^ (other.hash[word] ?? 0))
  if (different > mostDifferent) return false
  let correlation = 0
  for (let at = 0; at < one.levels.length; at++) correlation += (one.levels[at] ?? 0) * (other.levels[at] ?? 0)
  return correlation >= leastCorrelation
}

function brightness({ data }: Image): Float64Array {
  return Float64Array.from(
    { length: data.length / 3 },
    (_, at) => 0.299 * (data[3 * at] ?? 0) + 0.587 * (data[3 * at + 1] ?? 0) + 0.114 * (data[3 * at + 2] ?? 0),
  )
}

/** @param levels brightness at `side * side` places */
function lookOfLevels(levels: Float64Array): Look | null {
  const mean = levels.reduce((sum, level) => sum + level, 0) / levels.length
  const length = Math.sqrt(levels.reduce((sum, level) => sum + (level - mean) ** 2, 0))
  if (length / Math.sqrt(levels.length) < leastContrast) return null
  const normal = levels.map((level) => (level - mean) / length)
  return { levels: normal, hash: hashOf(normal) }
}

function hashOf(levels: Float64Array): Uint32Array {
  const hash = new Uint32Array(words)
  let bit = 0
  const compare = (at: number, neighbour: number): void => {
    if ((levels[at] ?? 0) > (levels[neighbour] ?? 0)) hash[bit >> 5] = (hash[bit >> 5] ?? 0) | (1 << (bit & 31))
    bit++
  }
  for (let line = 0; line < side; line++)
    for (let step = 0; step < side - 1; step++) {
      compare(line * side + step, line * side + step + 1)
      compare(step * side + line, (step + 1) * side + line)
    }
  return hash
}

/** The eight ways to turn and mirror a square. */
function symmetries(levels: Float64Array): readonly Float64Array[] {
  const last = side - 1
  const places: readonly ((x: number, y: number) => number)[] = [
    (x, y) => y * side + x,
    (x, y) => y * side + last - x,
    (x, y) => (last - y) * side + x,
    (x, y) => (last - y) * side + last - x,
    (x, y) => x * side + y,
    (x, y) => x * side + last - y,
    (x, y) => (last - x) * side + y,
    (x, y) => (last - x) * side + last - y,
  ]
  return places.map((place) => levels.map((_, at) => levels[place(at % side, Math.floor(at / side))] ?? 0))
}

function bitCount(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555)
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  return (((fours + (fours >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24
}
