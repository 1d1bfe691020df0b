import { Headline } from '../cards/Headline.js'
import { Calibration } from '../classification/Calibration.js'
import { ClassTable } from '../classification/ClassTable.js'
import { ConfusionMatrix } from '../classification/ConfusionMatrix.js'
import { TopLosses } from '../classification/TopLosses.js'
import type { DetailView } from './detail-view.js'

/** What is shown of an evaluation where every sample has one right class. */
export const singleLabelViews: readonly DetailView<'single-label-evaluation'>[] = [
  Headline,
  ConfusionMatrix,
  ClassTable,
  TopLosses,
  Calibration,
]
