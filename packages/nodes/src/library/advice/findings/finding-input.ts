import type { AdviceFinding, AdvicePicture } from '@graft/graph-schema'
import type { MeasuredHead } from '../measure/measured-head.js'
import type { Pair } from '../measure/copies.js'
import type { Alikeness } from '../measure/neighbours.js'
import type { LookedAt } from '../features/looked-at.js'
import type { Subject } from '../measure/subject.js'

/** What findings are found in. */
export interface FindingInput {
  readonly looked: LookedAt
  /** Of all images in the folder, looked at or not. */
  readonly countPerClass: readonly number[]
  /** Pairs of images that are nearly the same. */
  readonly pairs: readonly Pair[]
  /** Whether images were compared by their pixels too. */
  readonly byPixels: boolean
  /** Null where nothing could be measured. */
  readonly measured: {
    readonly subject: Subject
    /** The head that recognises most. */
    readonly head: MeasuredHead
    /** At the last stage. */
    readonly alikeness: Alikeness
  } | null
}

/** An image to show, by its place among those that are looked at. */
export interface ShownPicture {
  readonly index: number
  readonly otherLabel?: number
}

/** A finding before its images are drawn. */
export interface RawFinding extends Omit<AdviceFinding, 'groups'> {
  readonly groups: readonly (readonly ShownPicture[])[]
}

export type FindFindings = (input: FindingInput) => readonly RawFinding[]

/** Groups of images that are shown of each finding. */
export const mostShown = 6

export type ShowPicture = (picture: ShownPicture) => Promise<AdvicePicture>
