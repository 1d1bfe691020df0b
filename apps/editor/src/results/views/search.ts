import { SearchCharts } from '../search/SearchCharts.js'
import { SearchHeadline } from '../search/SearchHeadline.js'
import { SearchTable } from '../search/SearchTable.js'
import type { DetailView } from './detail-view.js'

/** What is shown of a search. */
export const searchViews: readonly DetailView<'search'>[] = [SearchHeadline, SearchTable, SearchCharts]
