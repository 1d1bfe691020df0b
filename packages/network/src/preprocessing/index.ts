export { adviceInDoubt, describePreprocessing, explainPreprocessing } from './describe.js'
export { type PreprocessingOrigin, type PreprocessingWay, preprocessingWays } from '../preprocessing-origin.js'
export { originOf } from './origin-of.js'
export {
  inOrder,
  nameOfScaling,
  namedScalings,
  sameNumbers,
  type Scaling,
  scalingNamed,
  type ScalingName,
} from './scalings.js'
export { describeValues, type StoredRange, type ValuesRule } from '../stored-values.js'
