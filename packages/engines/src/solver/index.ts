export { type FoldItem, stratifiedFolds } from './folds.js'
export type { RowLoss } from './logistic-problem.js'
export { type Candidate, type HeadProblem, type SolvedHead, solveHead } from './solve-head.js'
export type { FeatureGroup } from './space.js'
