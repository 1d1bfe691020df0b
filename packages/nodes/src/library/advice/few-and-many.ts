import { mostForLeastSquares } from '@graft/engines'

/** With fewer images in all, to choose how much each stage counts costs more than all stages bring (docs/heads.md). */
export const fewestForAllStages = 15
/** What Train takes is measured. */
export const mostForAverage = mostForLeastSquares
