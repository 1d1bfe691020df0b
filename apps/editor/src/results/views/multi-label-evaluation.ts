import { LabelHeadline } from '../multi-label/LabelHeadline.js'
import { LabelLosses } from '../multi-label/LabelLosses.js'
import { LabelTable } from '../multi-label/LabelTable.js'
import { Together } from '../multi-label/Together.js'
import type { DetailView } from './detail-view.js'

/** What is shown of an evaluation where a sample may have several classes. */
export const multiLabelViews: readonly DetailView<'multi-label-evaluation'>[] = [
  LabelHeadline,
  LabelTable,
  Together,
  LabelLosses,
]
