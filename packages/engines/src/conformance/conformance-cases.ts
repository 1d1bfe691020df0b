import { convolutionCases } from './cases/convolution.js'
import { elementwiseCases } from './cases/elementwise.js'
import { matrixCases } from './cases/matrix.js'
import { normalizationCases } from './cases/normalization.js'
import { normalizedConvolutionCases } from './cases/normalized-convolution.js'
import { poolingCases } from './cases/pooling.js'
import { shapingCases } from './cases/shaping.js'
import { sharingCases } from './cases/sharing.js'
import { wideConvolutionCases } from './cases/wide-convolution.js'
import type { ConformanceCase } from './conformance-case.js'

/** Several cases for every operator; every engine must agree on all of them. */
export const conformanceCases: readonly ConformanceCase[] = [
  ...convolutionCases,
  ...wideConvolutionCases,
  ...matrixCases,
  ...normalizationCases,
  ...normalizedConvolutionCases,
  ...elementwiseCases,
  ...poolingCases,
  ...shapingCases,
  ...sharingCases,
]
