import type { DetailKind, DetailOf } from '@graft/graph-schema'
import type { ComponentType } from 'react'
import type { DatasetResult } from '../read/run-results.js'

export interface DetailViewProps<Kind extends DetailKind> {
  readonly detail: DetailOf<Kind>
  /** The node that it came from. */
  readonly node: string
  /** The images that it was measured on, where the run tells. */
  readonly dataset: DatasetResult | null
}

/** One card about a detail of this kind. */
export type DetailView<Kind extends DetailKind> = ComponentType<DetailViewProps<Kind>>
