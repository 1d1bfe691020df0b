export { type FoldItem, stratifiedFolds } from './folds.js'
export type { RowLoss } from './logistic-problem.js'
export { type AveragedHead, type AveragedProblem, solveAveraged } from './averaged-head.js'
export { type MeansHead, type MeansProblem, solveMeans } from './class-means.js'
export {
  cosinesTo,
  type NeighboursHead,
  type NeighboursProblem,
  sharesOf,
  sharesOfOthers,
  solveNeighbours,
} from './nearest-neighbours.js'
export { type Candidate, type HeadProblem, type LinearHead, type SolvedHead, solveHead } from './solve-head.js'
export type { FeatureGroup } from './space.js'
export { type HeadSetting, type HeadStudy, type HeadStudyOptions, openHeadStudy, type OutOfFold } from './head-study.js'
export { openMeansStudy } from './means-study.js'
export { cosinesOf } from './cosines.js'
export { usualSoftness } from './standardise.js'
