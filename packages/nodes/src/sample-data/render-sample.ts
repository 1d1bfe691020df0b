import { mulberry32, hashIntegers, fnv1aOfText } from '../random.js'
import type { SampleFamily } from './families/family.js'
import { different } from './families/different.js'
import { similar } from './families/similar.js'
import { scenes } from './families/scenes.js'
import { source } from './families/source.js'

/** Every family, in the order in which they are shown. */
export const sampleFamilies: readonly SampleFamily[] = [source, similar, different]

/** Side of an image in pixels unless asked otherwise: what the embedded backbone takes. */
export const defaultSampleSize = 64

/** Families whose class index is not one class: a bit mask of what is in the image. */
const sceneFamilies: readonly SampleFamily[] = [scenes]

/** The family of that id; throws with the known ids when there is none. */
export function findSampleFamily(familyId: string): SampleFamily {
  const all = [...sampleFamilies, ...sceneFamilies]
  const family = all.find((candidate) => candidate.id === familyId)
  if (family !== undefined) return family
  const known = all.map((candidate) => candidate.id).join(', ')
  throw new RangeError(`There is no sample family "${familyId}"; expected one of: ${known}.`)
}

/**
 * One image as `size * size * 3` bytes (red-green-blue, row by row). The same arguments give the same bytes on every
 * machine.
 */
export function renderSample(
  familyId: string,
  classIndex: number,
  sampleIndex: number,
  seed: number,
  size: number = defaultSampleSize,
): Uint8Array {
  const family = findSampleFamily(familyId)
  const random = mulberry32(hashIntegers(fnv1aOfText(familyId), seed, classIndex, sampleIndex))
  return family.render(classIndex, random, size)
}
