import type { AdviceValue, DatasetValue, RepeatDetail, SearchDetail } from '@graft/graph-schema'
import type { Network } from '@graft/network'
import type { EvaluationDetail, TrainingDetail } from '../sdk/values.js'
import type { Html } from './html.js'

/** All that a report tells of; everything the page shows comes from here. */
export interface ReportInput {
  readonly title: string
  /** The graph that was run, as JSON; drawn, and kept in the page so that an editor can open it. */
  readonly document: unknown
  readonly evaluations: readonly EvaluationDetail[]
  /** In the order in which they ran. */
  readonly trainings: readonly TrainingDetail[]
  /** What Repeat and Search found. */
  readonly repeats?: readonly RepeatDetail[]
  readonly searches?: readonly SearchDetail[]
  /** The final network. */
  readonly network?: Network
  /** The images, for counts and skipped files. */
  readonly images?: DatasetValue
  /** What the Scenario Advisor said. */
  readonly advice?: AdviceValue
  /** Data URIs by sha256 of the thumbnail's blob. */
  readonly thumbnails: ReadonlyMap<string, string>
  /** As it should be shown. Absent: not shown, so that the same run gives the same page. */
  readonly generatedAt?: string
  /** The run that made it, by its id, and the machine that it ran on. */
  readonly run?: string
  readonly machine?: string
  /** Versions of Graft, engines and libraries, by name. */
  readonly versions?: Readonly<Record<string, string>>
  readonly warnings?: readonly string[]
}

/** A part of the page that tells of the main evaluation. One file each, listed in the folder of its kind. */
export interface EvaluationSection<Detail extends EvaluationDetail> {
  /** Anchor in the page. */
  readonly id: string
  readonly title: string
  /** The section's content, or null when there is nothing to tell. */
  render(detail: Detail, input: ReportInput): Html | null
}

/** How one kind of evaluation is told. */
export interface EvaluationViews<Detail extends EvaluationDetail> {
  /** The answer first, in words. */
  reading(detail: Detail): Html
  /** In the order of the page. */
  readonly sections: readonly EvaluationSection<Detail>[]
}

/** A part of the page. One file each, listed in `sections/index.ts`. */
export interface ReportSection {
  /** Anchor in the page. */
  readonly id: string
  readonly title: string
  /** The section's content, or null when there is nothing to tell. */
  render(input: ReportInput): Html | null
}
