import type { FeatureGroup } from '../features/gains.js'
import { createRegressionSpaces, type RegressionSpace } from '../features/regression-space.js'
import { createSpaces, type Space } from '../features/space.js'
import type { RowMatrix } from '../matrix/row-matrix.js'
import { largestCount } from '../matrix/spectrum.js'
import { measureStandard, standardised } from '../features/standardise.js'

/** What heads are studied on. */
export interface StudyFeatures {
  /** `[rows, columns]`, as the features come. */
  readonly features: Float32Array
  readonly columns: number
  /** Class of every row. */
  readonly labels: Int32Array
  readonly classes: number
  readonly groups: readonly FeatureGroup[]
  readonly softness: number
  /** Gains of the groups to choose from, or to average over. */
  readonly gains: readonly (readonly number[])[]
}

/** Standardises the features once, and opens a space for every choice of gains when it is first asked for. */
export const openSpaces = (problem: StudyFeatures): ((index: number) => Space) =>
  openEach(problem, createSpaces, Math.max(problem.classes, largestCount))

/** The same for regressions. */
export const openRegressionSpaces = (problem: StudyFeatures): ((index: number) => RegressionSpace) =>
  openEach(problem, createRegressionSpaces, problem.classes)

function openEach<Opened>(
  { features, columns, classes, groups, softness, gains, labels }: StudyFeatures,
  create: (
    features: RowMatrix,
    groups: readonly FeatureGroup[],
    classes: number,
  ) => { open(gains: readonly number[]): Opened },
  width: number,
): (index: number) => Opened {
  const rows = labels.length
  const standard = measureStandard(features, rows, columns, { groups, softness })
  const maker = create(standardised(features, rows, standard, width), groups, classes)
  const opened = new Map<number, Opened>()
  return (index) => {
    const space = opened.get(index) ?? maker.open(gains[index] ?? [])
    opened.set(index, space)
    return space
  }
}
