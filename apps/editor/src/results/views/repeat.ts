import { RepeatHeadline } from '../repeat/RepeatHeadline.js'
import { RepeatTable } from '../repeat/RepeatTable.js'
import type { DetailView } from './detail-view.js'

/** What is shown of repeated runs. */
export const repeatViews: readonly DetailView<'repeat'>[] = [RepeatHeadline, RepeatTable]
