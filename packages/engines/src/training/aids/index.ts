import type { All } from '../../optimizers/index.js'
import type { TrainingAid } from './aid.js'
import { focalLoss } from './focal-loss.js'
import { gradualUnfreezing } from './gradual-unfreezing.js'
import { movingAverage } from './moving-average.js'
import { progressiveResizing } from './progressive-resizing.js'
import { soup } from './soup.js'

export type * from './aid.js'
export { learningStages } from './gradual-unfreezing.js'
export { packEpochs, tellJoined, unpackEpochs } from './soup.js'

/** Every training aid; a form offers them in this order. */
const listed = [focalLoss, movingAverage, soup, gradualUnfreezing, progressiveResizing] as const
export const aids: readonly TrainingAid[] = listed

/** The settings that aids bring, for all of them together. */
export const aidForm = Object.assign({}, ...listed.map(({ fields }) => fields)) as All<
  (typeof listed)[number]['fields']
>

/** Those that these settings turn on. */
export const aidsOf = (settings: Readonly<Record<string, unknown>>): readonly TrainingAid[] =>
  aids.filter((aid) => aid.isOn(settings))
