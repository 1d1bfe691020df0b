import type { DetailKind, MetricsDetail } from '@graft/graph-schema'
import type { ReactElement } from 'react'
import type { DatasetResult } from '../read/run-results.js'
import type { DetailView } from './detail-view.js'
import { multiLabelViews } from './multi-label-evaluation.js'
import { repeatViews } from './repeat.js'
import { searchViews } from './search.js'
import { singleLabelViews } from './single-label-evaluation.js'
import { trainingViews } from './training.js'

/** The cards of each kind of detail, in order; a new kind is a file and a line here. */
const views: { readonly [Kind in DetailKind]: readonly DetailView<Kind>[] } = {
  training: trainingViews,
  'single-label-evaluation': singleLabelViews,
  'multi-label-evaluation': multiLabelViews,
  repeat: repeatViews,
  search: searchViews,
}

/** All that a detail tells, card by card. */
export function DetailCards({
  detail,
  node,
  dataset,
}: {
  readonly detail: MetricsDetail
  /** The node that it came from. */
  readonly node: string
  readonly dataset: DatasetResult | null
}): ReactElement {
  const cards = views[detail.kind] as readonly DetailView<DetailKind>[]
  return (
    <>
      {cards.map((View, index) => (
        <View key={index} detail={detail} node={node} dataset={dataset} />
      ))}
    </>
  )
}
