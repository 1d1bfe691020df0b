import { hashIntegers, mulberry32 } from '../random.js'
import { classesInScene, drawScene, scenes } from './families/scenes.js'
import { findSampleFamily } from './render-sample.js'

/** A named data set out of a family; together the four cover the size x similarity plane of transfer learning. */
export interface SampleSet {
  readonly id: string
  readonly title: string
  /** Id of the family that draws the images. */
  readonly family: string
  readonly trainPerClass: number
  readonly valPerClass: number
  readonly testPerClass: number
  readonly quadrant: string
  /** Every set has its own, so that no two share an image. */
  readonly seed: number
}

export type SampleSplit = 'train' | 'val' | 'test'

/** One image of a set: what `renderSample` needs besides the set's family and seed. */
export interface SampleEntry {
  readonly split: SampleSplit
  readonly classIndex: number
  readonly sampleIndex: number
}

export const sampleSets: readonly SampleSet[] = [
  {
    id: 'small-similar',
    title: 'Small and similar',
    family: 'similar',
    trainPerClass: 24,
    valPerClass: 30,
    testPerClass: 40,
    quadrant: 'small-similar',
    seed: 1101,
  },
  {
    id: 'large-similar',
    title: 'Large and similar',
    family: 'similar',
    trainPerClass: 250,
    valPerClass: 40,
    testPerClass: 40,
    quadrant: 'large-similar',
    seed: 1102,
  },
  {
    id: 'small-different',
    title: 'Small and different',
    family: 'different',
    trainPerClass: 24,
    valPerClass: 30,
    testPerClass: 40,
    quadrant: 'small-different',
    seed: 1103,
  },
  {
    id: 'large-different',
    title: 'Large and different',
    family: 'different',
    trainPerClass: 250,
    valPerClass: 40,
    testPerClass: 40,
    quadrant: 'large-different',
    seed: 1104,
  },
]

/** Sample indices of a split start here, far enough apart never to meet. */
const firstIndex: Readonly<Record<SampleSplit, number>> = { train: 0, val: 1_000_000, test: 2_000_000 }

/** The set of that id; throws with the known ids when there is none. */
export function findSampleSet(setId: string): SampleSet {
  const set = sampleSets.find((candidate) => candidate.id === setId)
  if (set !== undefined) return set
  throw new RangeError(
    `There is no sample set "${setId}"; expected one of: ${sampleSets.map((candidate) => candidate.id).join(', ')}.`,
  )
}

/** Every image of a set: split by split, class by class. */
export function listSampleEntries(set: SampleSet): readonly SampleEntry[] {
  return [
    ...listSplit(set, 'train', set.trainPerClass),
    ...listSplit(set, 'val', set.valPerClass),
    ...listSplit(set, 'test', set.testPerClass),
  ]
}

function listSplit(set: SampleSet, split: SampleSplit, perClass: number): readonly SampleEntry[] {
  const { classNames } = findSampleFamily(set.family)
  return classNames.flatMap((_, classIndex) =>
    Array.from({ length: perClass }, (_unused, offset) => ({
      split,
      classIndex,
      sampleIndex: firstIndex[split] + offset,
    })),
  )
}

/** The set with several objects in an image, none of them included: how many images each part has. */
export const sceneSet = {
  id: 'several-objects',
  title: 'Several objects',
  family: scenes.id,
  counts: { train: 320, val: 120, test: 160 },
  seed: 1105,
} as const

/** One image of the scene set: what to draw, and the classes that are in it. */
export interface SceneEntry extends SampleEntry {
  readonly classes: readonly number[]
}

/** Every image of the scene set, split by split. */
export function listSceneEntries(): readonly SceneEntry[] {
  return (['train', 'val', 'test'] as const).flatMap((split) =>
    Array.from({ length: sceneSet.counts[split] }, (_, offset) => {
      const sampleIndex = firstIndex[split] + offset
      const classIndex = drawScene(mulberry32(hashIntegers(sceneSet.seed, sampleIndex)))
      return { split, classIndex, sampleIndex, classes: classesInScene(classIndex) }
    }),
  )
}
