import type { MultiLabelEvaluation } from '@graft/graph-schema'
import type { EvaluationViews } from '../report-input.js'
import { classScores } from './per-class.js'
import { reading } from './reading.js'
import { together } from './together.js'
import { topLosses } from './top-losses.js'

/** What a report tells of an evaluation where a sample may have several classes, in the order of the page. */
export const multiLabelViews: EvaluationViews<MultiLabelEvaluation> = {
  reading,
  sections: [classScores, together, topLosses],
}
