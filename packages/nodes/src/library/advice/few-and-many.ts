/** With fewer images in all, to choose how much each stage counts costs more than all stages bring (docs/heads.md). */
export const fewestForAllStages = 15
/** With more, the folds of least squares take longer than the pass does, and it gains little on the solver. */
export const mostForAverage = 400
