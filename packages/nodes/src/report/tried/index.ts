import type { ReportSection } from '../report-input.js'
import { repeat } from './repeat.js'
import { search } from './search.js'

/** What was done more than once, or in more than one way. */
export const triedSections: readonly ReportSection[] = [repeat, search]
