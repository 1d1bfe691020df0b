import { createSpaces, type FeatureGroup, type Space } from '../features/space.js'
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
export function openSpaces({
  features,
  columns,
  classes,
  groups,
  softness,
  gains,
  labels,
}: StudyFeatures): (index: number) => Space {
  const rows = labels.length
  const standard = measureStandard(features, rows, columns, { groups, softness })
  const maker = createSpaces(standardised(features, rows, standard, Math.max(classes, largestCount)), groups, classes)
  const open = new Map<number, Space>()
  return (index) => {
    const space = open.get(index) ?? maker.open(gains[index] ?? [])
    open.set(index, space)
    return space
  }
}
