export { type FoldItem, stratifiedFolds } from './validation/folds.js'
export type { RowLoss } from './logistic/logistic-problem.js'
export { type AveragedHead, type AveragedProblem, solveAveraged } from './heads/averaged-head.js'
export { type MeansHead, type MeansProblem, solveMeans } from './heads/class-means.js'
export {
  cosinesTo,
  type NeighboursHead,
  type NeighboursProblem,
  sharesOf,
  sharesOfOthers,
  solveNeighbours,
} from './heads/nearest-neighbours.js'
export { type Candidate, type HeadProblem, type LinearHead, type SolvedHead, solveHead } from './heads/solve-head.js'
export type { FeatureGroup } from './features/gains.js'
export {
  type HeadSetting,
  type HeadStudy,
  type HeadStudyOptions,
  openHeadStudy,
  type OutOfFold,
} from './studies/head-study.js'
export { openAveragedStudy } from './studies/averaged-study.js'
export { openMeansStudy } from './studies/means-study.js'
export { cosinesOf } from './features/cosines.js'
export { usualSoftness } from './features/standardise.js'
