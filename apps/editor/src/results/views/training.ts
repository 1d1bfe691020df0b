import { TrainingFacts } from '../cards/TrainingFacts.js'
import type { DetailView } from './detail-view.js'

/** What is shown of a training. */
export const trainingViews: readonly DetailView<'training'>[] = [TrainingFacts]
