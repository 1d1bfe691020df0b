import type { SingleLabelEvaluation } from '@graft/graph-schema'
import type { EvaluationViews } from '../report-input.js'
import { calibration } from './calibration.js'
import { confusedPairs } from './confused-pairs.js'
import { confusionMatrix } from './confusion-matrix.js'
import { classScores } from './per-class.js'
import { reading } from './reading.js'
import { topLosses } from './top-losses.js'

/** What a report tells of an evaluation where every sample has one right class, in the order of the page. */
export const singleLabelViews: EvaluationViews<SingleLabelEvaluation> = {
  reading,
  sections: [confusionMatrix, classScores, confusedPairs, topLosses, calibration],
}
