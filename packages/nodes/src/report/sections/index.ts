import type { ReportSection } from '../report-input.js'
import { calibration } from './calibration.js'
import { confusedPairs } from './confused-pairs.js'
import { confusionMatrix } from './confusion-matrix.js'
import { data } from './data.js'
import { freezeProof } from './freeze-proof.js'
import { graph } from './graph.js'
import { headline } from './headline.js'
import { learningCurves } from './learning-curves.js'
import { network } from './network.js'
import { perClass } from './per-class.js'
import { settings } from './settings.js'
import { topLosses } from './top-losses.js'
import { usage } from './usage.js'
import { versions } from './versions.js'
import { warnings } from './warnings.js'

/** Every section, in the order of the page. */
export const sections: readonly ReportSection[] = [
  headline,
  warnings,
  learningCurves,
  confusionMatrix,
  perClass,
  confusedPairs,
  topLosses,
  calibration,
  graph,
  settings,
  freezeProof,
  network,
  data,
  usage,
  versions,
]
